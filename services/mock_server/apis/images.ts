import { countWords } from "../mock_text.ts";
import {
  type AnswerIdentity,
  type ApiRequest,
  jsonAnswer,
  type MockApi,
  SSE_TYPE,
  sseEvent,
  type StreamShape,
} from "./api.ts";
import { errorJson } from "./api_error.ts";
import {
  invalid,
  optionalBoolean,
  optionalCount,
  optionalString,
  parseObject,
  required,
} from "./fields.ts";

/** A request for pictures; each partial one takes as long as a token of text. */
interface ImageRequest extends ApiRequest {
  readonly images: number;
  /** How often the pictures are shown before they are finished. */
  readonly partials: number;
  readonly asUrl: boolean;
}

const MOST_IMAGES = 10;
const MOST_PARTIALS = 3;
/** A picture of one transparent dot. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E" +
  "rkJggg==";
/** What a picture costs in tokens. */
const TOKENS_PER_IMAGE = 272;

/** OpenAI's pictures from a prompt. */
export const imagesApi: MockApi<ImageRequest> = {
  paths: ["/v1/images/generations"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const prompt = required(fields, "prompt");
    if (typeof prompt !== "string" || prompt === "") throw invalid("prompt", "a text", prompt);
    const format = optionalString(fields, "response_format") ?? "b64_json";
    if (format !== "b64_json" && format !== "url") {
      throw invalid("response_format", '"b64_json" or "url"', format);
    }
    const partials = fields["partial_images"] === 0
      ? 0
      : optionalCount(fields, "partial_images", MOST_PARTIALS) ?? 0;
    return {
      model: optionalString(fields, "model") ?? defaults.model,
      stream: optionalBoolean(fields, "stream"),
      outputTokens: Math.max(1, partials),
      promptTokens: countWords(prompt),
      images: optionalCount(fields, "n", MOST_IMAGES) ?? 1,
      partials,
      asUrl: format === "url",
    };
  },
  whole(request, identity) {
    const { images, asUrl } = request;
    const image = (i: number) =>
      asUrl ? { url: `http://mock-server/${identity.serial}/${i}.png` } : { b64_json: PNG };
    return jsonAnswer(JSON.stringify({
      created: identity.createdUnixS,
      data: Array.from({ length: images }, (_, i) => image(i)),
      ...usageOf(request, identity),
    }));
  },
  streamed: streamShape,
};

function streamShape(request: ImageRequest, identity: AnswerIdentity): StreamShape {
  const { images, partials } = request;
  const partial = "event: image_generation.partial_image\n" +
    `data: {"type":"image_generation.partial_image","b64_json":"${PNG}","partial_image_index":0,` +
    '"background":"';
  return {
    contentType: SSE_TYPE,
    opening: [],
    // Without partial pictures there is nothing to be said before they are finished.
    tokenHead: partials > 0 ? partial : ": ",
    tokenTail: partials > 0 ? '"}\n\n' : "\n\n",
    closing() {
      const type = "image_generation.completed";
      const about = { type, b64_json: PNG, created_at: identity.createdUnixS };
      const event = JSON.stringify({ ...about, ...usageOf(request, identity) });
      return Array.from({ length: images }, () => sseEvent(event, type));
    },
    failure: (error) => [sseEvent(errorJson(error), "error")],
  };
}

function usageOf({ images, promptTokens }: ImageRequest, { reportUsage }: AnswerIdentity) {
  if (!reportUsage) return {};
  const made = images * TOKENS_PER_IMAGE;
  const usage = {
    input_tokens: promptTokens,
    output_tokens: made,
    total_tokens: promptTokens + made,
  };
  return { usage };
}
