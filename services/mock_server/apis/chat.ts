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
import { countMessages, parseObject, required } from "./fields.ts";
import {
  finishReason,
  type GenerationRequest,
  generationRequest,
  usageJson,
} from "./openai_generation.ts";

/** OpenAI's chat completions. */
export const chatApi: MockApi<GenerationRequest> = {
  paths: ["/v1/chat/completions"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    return generationRequest(fields, countMessages(required(fields, "messages")), defaults);
  },
  // Put together by hand: it is the hot path.
  whole(request, identity) {
    const usage = identity.reportUsage ? `,"usage":${usageJson(request)}` : "";
    return jsonAnswer(
      `{"id":"chatcmpl-${identity.serial}","object":"chat.completion",` +
        `"created":${identity.createdUnixS},"model":${JSON.stringify(request.model)},"choices":[` +
        `{"index":0,"message":{"role":"assistant","content":"${textOf(request.outputTokens)}"},` +
        `"logprobs":null,"finish_reason":"${finishReason(request)}"}]${usage}}`,
    );
  },
  streamed: streamShape,
};

function streamShape(request: GenerationRequest, identity: AnswerIdentity): StreamShape {
  const envelope = `{"id":"chatcmpl-${identity.serial}","object":"chat.completion.chunk",` +
    `"created":${identity.createdUnixS},"model":${JSON.stringify(request.model)},"choices":[`;
  const choice = (delta: string, finish: string) =>
    sseEvent(
      `${envelope}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]}`,
    );
  const tail = '"},"logprobs":null,"finish_reason":null}]';
  return {
    contentType: SSE_TYPE,
    opening: [choice('{"role":"assistant","content":""}', "null")],
    tokenHead: `data: ${envelope}{"index":0,"delta":{"content":"`,
    tokenTail: `${tail}}\n\n`,
    ...(request.includeUsage && request.continuousUsage && identity.reportUsage && {
      tokenTailAt: (tokens: number) => `${tail},"usage":${usageJson(request, tokens)}}\n\n`,
    }),
    closing() {
      const events = [choice("{}", `"${finishReason(request)}"`)];
      if (request.includeUsage && identity.reportUsage) {
        events.push(sseEvent(`${envelope}],"usage":${usageJson(request)}}`));
      }
      events.push(sseEvent("[DONE]"));
      return events;
    },
    failure: (error) => [sseEvent(errorJson(error))],
  };
}
