import type { HttpMessage } from "../../../common/http/http_transport.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import type { RawPiece } from "./exchange_tap.ts";

/** One exchange, as it is to be written down. */
export interface RawExchange {
  readonly record: RequestRecord;
  readonly sent: HttpMessage;
  readonly pieces: readonly RawPiece[];
  /** A text without any credential of the run. */
  redact(text: string): string;
}

const REDACTED = "<redacted>";

/**
 * The line of `profile_export_raw.jsonl` of one request, without the line break.
 *
 * `start_perf_ns` and each `perf_ns` count from the start of the run, on one clock. Each response is
 * what one read of the network brought, as text; a character that is cut by the end of a read belongs to
 * the next one.
 */
export function rawLine({ record, sent, pieces, redact }: RawExchange): string {
  const texts = withoutSecrets(decoded(pieces), redact);
  const responses = pieces.map(({ atNs }, i) => ({ perf_ns: atNs, text: texts[i] }));
  return `{"metadata":${JSON.stringify(metadataOf(record))},` +
    `"start_perf_ns":${record.sentNs},` +
    `"url":${JSON.stringify(sent.url)},` +
    `"payload":${redact(payloadText(sent))},` +
    `"request_headers":${headersText(sent, redact)},` +
    `"status":${record.httpStatus},` +
    `"responses":${JSON.stringify(responses)},` +
    `"error":${JSON.stringify(record.error)}}`;
}

function metadataOf(record: RequestRecord): Record<string, unknown> {
  return {
    session_num: record.index,
    x_request_id: record.requestId,
    x_correlation_id: record.correlationId,
    conversation_id: record.conversationId,
    turn_index: record.turnIndex,
    worker_id: record.workerId,
    benchmark_phase: record.phase,
    model_name: record.model,
    was_cancelled: record.outcome === "cancelled",
  };
}

/** The body as it was sent where that is one line of JSON; a body of another kind in base64. */
function payloadText({ body }: HttpMessage): string {
  if (body === null) return "null";
  if (typeof body !== "string") return JSON.stringify({ base64: body.toBase64() });
  try {
    const value = JSON.parse(body);
    return /[\r\n]/.test(body) ? JSON.stringify(value) : body;
  } catch {
    return JSON.stringify(body);
  }
}

/** Whatever a user's header holds may be a secret. */
function headersText(
  { headers, secretHeaders }: HttpMessage,
  redact: (text: string) => string,
) {
  const shown = headers.map(([name, value]) => {
    const isSecret = secretHeaders?.has(name.toLowerCase());
    return [name, isSecret ? REDACTED : redact(value)];
  });
  return JSON.stringify(Object.fromEntries(shown));
}

function decoded(pieces: readonly RawPiece[]): string[] {
  const decoder = new TextDecoder();
  const texts = pieces.map(({ bytes }) => decoder.decode(bytes, { stream: true }));
  const rest = decoder.decode();
  if (rest !== "" && texts.length > 0) texts[texts.length - 1] += rest;
  return texts;
}

/** A credential that is cut by the end of a read would not be seen: then all is one text. */
function withoutSecrets(texts: readonly string[], redact: (text: string) => string): string[] {
  const apart = texts.map(redact);
  const joined = apart.join("");
  const together = redact(joined);
  return together === joined ? apart : [together, ...texts.slice(1).map(() => "")];
}
