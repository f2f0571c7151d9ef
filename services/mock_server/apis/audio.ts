import { wavSeconds } from "../../../common/media/wav_duration.ts";
import type { HttpRequest } from "../http_request.ts";
import { textOf } from "../mock_text.ts";
import { formText, parseForm } from "../multipart.ts";
import {
  type AnswerIdentity,
  type ApiDefaults,
  type ApiRequest,
  jsonAnswer,
  type MockApi,
  SSE_TYPE,
  sseEvent,
  type StreamShape,
  type WholeAnswer,
} from "./api.ts";
import { ApiError, errorJson } from "./api_error.ts";
import { invalid } from "./fields.ts";

const FORMATS = ["json", "text", "verbose_json", "srt", "vtt"] as const;

/** A request for a transcript. */
interface TranscriptRequest extends ApiRequest {
  readonly format: typeof FORMATS[number];
  /** Of the sound; 0 when it is no WAV file. */
  readonly seconds: number;
  readonly task: "transcribe" | "translate";
}

/** What a second of sound is in tokens. */
const TOKENS_PER_SECOND = 10;

/** OpenAI's transcripts in the language of the sound. */
export const transcriptionsApi: MockApi<TranscriptRequest> = {
  paths: ["/v1/audio/transcriptions"],
  parse: (request, defaults) => transcriptRequest(request, defaults, "transcribe"),
  whole,
  streamed: streamShape,
};

/** OpenAI's transcripts in English. */
export const translationsApi: MockApi<TranscriptRequest> = {
  paths: ["/v1/audio/translations"],
  parse: (request, defaults) => transcriptRequest(request, defaults, "translate"),
  whole,
};

function transcriptRequest(
  { headers, body }: HttpRequest,
  defaults: ApiDefaults,
  task: TranscriptRequest["task"],
): TranscriptRequest {
  const form = parseForm(headers.get("content-type") ?? "", body);
  const file = form.get("file");
  if (file === undefined || file.bytes.length === 0) {
    throw new ApiError(400, "Missing required parameter: 'file'", {
      param: "file",
      code: "missing_required_parameter",
    });
  }
  const format = formText(form, "response_format") ?? "json";
  if (!isFormat(format)) {
    throw invalid("response_format", `one of ${FORMATS.join(", ")}`, format);
  }
  const seconds = wavSeconds(file.bytes, file.bytes.length) ?? 0;
  return {
    model: formText(form, "model") ?? defaults.model,
    stream: task === "transcribe" && formText(form, "stream") === "true",
    outputTokens: defaults.defaultOutputTokens,
    promptTokens: Math.ceil(seconds * TOKENS_PER_SECOND),
    format,
    seconds,
    task,
  };
}

function isFormat(format: string): format is TranscriptRequest["format"] {
  return (FORMATS as readonly string[]).includes(format);
}

function whole(request: TranscriptRequest, identity: AnswerIdentity): WholeAnswer {
  const { format, seconds, task } = request;
  const text = textOf(request.outputTokens);
  switch (format) {
    case "json":
      return jsonAnswer(JSON.stringify({ text, ...usageOf(request, identity) }));
    case "verbose_json": {
      const segment = { id: 0, start: 0, end: seconds, text };
      const about = { task, language: "english", duration: seconds, text, segments: [segment] };
      const usage = { type: "duration", seconds: Math.ceil(seconds) };
      return jsonAnswer(JSON.stringify({ ...about, ...(identity.reportUsage && { usage }) }));
    }
    case "text":
      return plainAnswer(`${text}\n`);
    case "srt":
      return plainAnswer(`1\n00:00:00,000 --> 00:00:01,000\n${text}\n`);
    case "vtt":
      return plainAnswer(`WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${text}\n`);
  }
}

function plainAnswer(body: string): WholeAnswer {
  return { contentType: "text/plain; charset=utf-8", body };
}

function streamShape(request: TranscriptRequest, identity: AnswerIdentity): StreamShape {
  return {
    contentType: SSE_TYPE,
    opening: [],
    tokenHead: 'data: {"type":"transcript.text.delta","delta":"',
    tokenTail: '"}\n\n',
    closing() {
      const text = textOf(request.outputTokens);
      const done = { type: "transcript.text.done", text, ...usageOf(request, identity) };
      return [sseEvent(JSON.stringify(done))];
    },
    failure: (error) => [sseEvent(errorJson(error))],
  };
}

function usageOf(
  { promptTokens, outputTokens }: TranscriptRequest,
  { reportUsage }: AnswerIdentity,
) {
  if (!reportUsage) return {};
  const usage = {
    type: "tokens",
    input_tokens: promptTokens,
    output_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
  };
  return { usage };
}
