import { textOf } from "../mock_text.ts";
import {
  type AnswerIdentity,
  jsonAnswer,
  type MockApi,
  SSE_TYPE,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { errorJson } from "./api_error.ts";
import { countInput, parseObject, required } from "./fields.ts";
import {
  finishReason,
  type GenerationRequest,
  generationRequest,
  usageJson,
} from "./openai_generation.ts";

/** OpenAI's text completions. */
export const completionsApi: MockApi<GenerationRequest> = {
  paths: ["/v1/completions"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const prompt = countInput(required(fields, "prompt"), "prompt");
    return generationRequest(fields, prompt.tokens, defaults);
  },
  whole(request, identity) {
    const usage = identity.reportUsage ? `,"usage":${usageJson(request)}` : "";
    return jsonAnswer(
      `${envelopeOf(request, identity)}{"index":0,"text":"${textOf(request.outputTokens)}",` +
        `"logprobs":null,"finish_reason":"${finishReason(request)}"}]${usage}}`,
    );
  },
  streamed: streamShape,
};

/** What precedes the choices in every body and event. */
function envelopeOf(request: GenerationRequest, identity: AnswerIdentity): string {
  return `{"id":"cmpl-${identity.serial}","object":"text_completion",` +
    `"created":${identity.createdUnixS},"model":${JSON.stringify(request.model)},"choices":[`;
}

function streamShape(request: GenerationRequest, identity: AnswerIdentity): StreamShape {
  const envelope = envelopeOf(request, identity);
  const tail = '","logprobs":null,"finish_reason":null}]';
  return {
    contentType: SSE_TYPE,
    opening: [],
    tokenHead: `data: ${envelope}{"index":0,"text":"`,
    tokenTail: `${tail}}\n\n`,
    ...(request.includeUsage && request.continuousUsage && identity.reportUsage && {
      tokenTailAt: (tokens: number) => `${tail},"usage":${usageJson(request, tokens)}}\n\n`,
    }),
    closing() {
      const finish = `"${finishReason(request)}"`;
      const events = [sseEvent(
        `${envelope}{"index":0,"text":"","logprobs":null,"finish_reason":${finish}}]}`,
      )];
      if (request.includeUsage && identity.reportUsage) {
        events.push(sseEvent(`${envelope}],"usage":${usageJson(request)}}`));
      }
      events.push(sseEvent("[DONE]"));
      return events;
    },
    failure: (error) => [sseEvent(errorJson(error))],
  };
}
