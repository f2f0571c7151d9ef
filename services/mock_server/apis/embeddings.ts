import { type ApiRequest, jsonAnswer, type MockApi } from "./api.ts";
import {
  countInput,
  countMessages,
  invalid,
  optionalCount,
  optionalString,
  parseObject,
  required,
} from "./fields.ts";

/** A request for embedding vectors. */
export interface EmbeddingRequest extends ApiRequest {
  readonly inputs: number;
  readonly dimensions: number;
  /** Whether vectors are wanted as base64 of little-endian 32-bit floats. */
  readonly base64: boolean;
}

const MAX_DIMENSIONS = 8192;
const DEFAULT_DIMENSIONS = 16;

/** OpenAI's embeddings; every vector is the same and has length 1. */
export const embeddingsApi: MockApi<EmbeddingRequest> = {
  paths: ["/v1/embeddings"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    // Pooling models embed a conversation as well.
    const input = "messages" in fields
      ? { count: 1, tokens: countMessages(fields["messages"]) }
      : countInput(required(fields, "input"), "input");
    const format = optionalString(fields, "encoding_format") ?? "float";
    if (format !== "float" && format !== "base64") {
      throw invalid("encoding_format", '"float" or "base64"', format);
    }
    return {
      model: optionalString(fields, "model") ?? defaults.model,
      stream: false,
      outputTokens: 0,
      inputs: input.count,
      dimensions: optionalCount(fields, "dimensions", MAX_DIMENSIONS) ?? DEFAULT_DIMENSIONS,
      base64: format === "base64",
      promptTokens: input.tokens,
    };
  },
  whole({ model, inputs, dimensions, base64, promptTokens }, { reportUsage }) {
    const vector = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
    const embedding = base64 ? base64Of(vector) : Array.from(vector);
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    return jsonAnswer(JSON.stringify({
      object: "list",
      data: Array.from({ length: inputs }, (_, index) => {
        return { object: "embedding", index, embedding };
      }),
      model,
      ...(reportUsage ? { usage } : {}),
    }));
  },
};

function base64Of(vector: Float32Array): string {
  return btoa(Array.from(new Uint8Array(vector.buffer), (b) => String.fromCharCode(b)).join(""));
}
