import { textOf } from "../mock_text.ts";
import {
  type AnswerIdentity,
  jsonAnswer,
  type MockApi,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { countMessages, parseObject, required } from "./fields.ts";
import {
  choiceStream,
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
  return choiceStream(request, identity, {
    envelope,
    opening: [choice('{"role":"assistant","content":""}', "null")],
    choiceHead: '{"index":0,"delta":{"content":"',
    choiceTail: '"},"logprobs":null,"finish_reason":null}',
    last: choice("{}", `"${finishReason(request)}"`),
  });
}
