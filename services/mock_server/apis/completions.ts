import { textOf } from "../mock_text.ts";
import {
  type AnswerIdentity,
  jsonAnswer,
  type MockApi,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { countInput, parseObject, required } from "./fields.ts";
import {
  choiceStream,
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
  const finish = `"${finishReason(request)}"`;
  return choiceStream(request, identity, {
    envelope,
    opening: [],
    choiceHead: '{"index":0,"text":"',
    choiceTail: '","logprobs":null,"finish_reason":null}',
    last: sseEvent(`${envelope}{"index":0,"text":"","logprobs":null,"finish_reason":${finish}}]}`),
  });
}
