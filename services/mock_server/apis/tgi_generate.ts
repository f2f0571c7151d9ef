import { countWords, textOf } from "../mock_text.ts";
import {
  type AnswerIdentity,
  type ApiRequest,
  jsonAnswer,
  type MockApi,
  SSE_TYPE,
  type StreamShape,
} from "./api.ts";
import type { ApiError } from "./api_error.ts";
import {
  invalid,
  MAX_OUTPUT_TOKENS,
  optionalBoolean,
  optionalCount,
  optionalObject,
  parseObject,
  required,
} from "./fields.ts";

const STREAM_PATH = "/generate_stream";

/** A request for text. */
interface GenerateRequest extends ApiRequest {
  /** Whether the request itself set the length. */
  readonly limited: boolean;
  /** Whether the counts are wanted. */
  readonly details: boolean;
}

/** Hugging Face's Text Generation Inference. */
export const tgiGenerateApi: MockApi<GenerateRequest> = {
  paths: ["/generate", STREAM_PATH],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const inputs = required(fields, "inputs");
    if (typeof inputs !== "string" || inputs === "") throw invalid("inputs", "a text", inputs);
    const parameters = optionalObject(fields, "parameters");
    const limit = optionalCount(parameters, "max_new_tokens", MAX_OUTPUT_TOKENS);
    return {
      model: defaults.model,
      stream: request.path === STREAM_PATH,
      outputTokens: limit ?? defaults.defaultOutputTokens,
      promptTokens: countWords(inputs),
      limited: limit !== null,
      details: optionalBoolean(parameters, "details"),
    };
  },
  whole(request, identity) {
    const details = detailsOf(request, identity);
    return jsonAnswer(JSON.stringify({
      generated_text: textOf(request.outputTokens),
      ...(details && { details: { ...details, prefill: [], tokens: [] } }),
    }));
  },
  streamed: streamShape,
  errorBody,
};

function streamShape(request: GenerateRequest, identity: AnswerIdentity): StreamShape {
  return {
    contentType: SSE_TYPE,
    opening: [],
    tokenHead: 'data:{"index":1,"token":{"id":1,"text":"',
    tokenTail: '","logprob":-0.1,"special":false},"generated_text":null,"details":null}\n\n',
    closing() {
      return [event({
        index: request.outputTokens + 1,
        token: { id: 2, text: "</s>", logprob: -0.1, special: true },
        generated_text: textOf(request.outputTokens),
        details: detailsOf(request, identity),
      })];
    },
    failure: (error) => [`data:${errorBody(error)}\n\n`],
  };
}

function detailsOf(
  { details, limited, outputTokens, promptTokens }: GenerateRequest,
  { reportUsage }: AnswerIdentity,
) {
  if (!details || !reportUsage) return null;
  return {
    finish_reason: limited ? "length" : "eos_token",
    generated_tokens: outputTokens,
    seed: null,
    input_length: promptTokens,
  };
}

function errorBody({ message, status }: ApiError): string {
  const type = status === 429 ? "overloaded" : status < 500 ? "validation" : "generation";
  return JSON.stringify({ error: message, error_type: type });
}

/** Unlike others, TGI leaves no space after the colon. */
function event(data: unknown): string {
  return `data:${JSON.stringify(data)}\n\n`;
}
