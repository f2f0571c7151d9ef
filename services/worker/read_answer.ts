import type { ByteReader, HttpAnswer } from "../../common/http/http_transport.ts";
import { type ErrorDetails, NOT_STREAMED } from "../../common/model/record.ts";
import type { Answer } from "./answer.ts";
import type { Endpoint, StreamFraming } from "./endpoints/endpoint.ts";
import { notJson } from "./endpoints/openai_shapes.ts";
import type { OpenRequest } from "./in_flight.ts";
import { LineLimitError, LineParser } from "./lines.ts";
import { parseJson } from "./parse_json.ts";
import {
  badStatus,
  emptyAnswer,
  htmlAnswer,
  looksLikeHtml,
  notEvents,
  notUtf8,
  tooLarge,
  unexpectedAnswer,
} from "./request_failure.ts";
import { type SseEvent, SseLimitError, SseParser } from "./sse.ts";
import { EncodingError, TextGatherer } from "./stream_text.ts";

/** More than any message needs; the rest of an error page is not worth reading. */
const MAX_ERROR_BYTES = 64 * 1024;

/** What a whole answer may be at most. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/** What one event, or one line, of a stream may be at most; none of those that are wanted is near it. */
const MAX_EVENT_BYTES = 32 * 2 ** 20;

/** How a stream of events begins. */
const LIKE_EVENTS_REGEXP = /^\s*(?:data|event|id|retry)?:/;

/** What reading an answer needs besides the answer itself. */
export interface ReadContext {
  endpoint: Endpoint;
  /** Where what is read goes. */
  answer: Answer;
  open: OpenRequest;
  /** What was asked for, for error messages. */
  path: string;
  /** When the request was sent, in ns since the run's epoch. */
  sentNs: number;
}

/** Reads the body of an answer whose status is not 2xx; resolves to what the server says of it. */
export async function readErrorAnswer(
  http: HttpAnswer,
  context: ReadContext,
): Promise<ErrorDetails> {
  const { text } = await readWhole(http.body, context, MAX_ERROR_BYTES);
  const { status, statusText } = http;
  return badStatus({ status, statusText, body: text, path: context.path });
}

/** Reads an answer that should be one JSON body; resolves to what is wrong with it, if anything. */
export async function readJsonAnswer(
  http: HttpAnswer,
  context: ReadContext,
): Promise<ErrorDetails | null> {
  const { text, isWhole, isUtf8 } = await readWhole(http.body, context, MAX_ANSWER_BYTES);
  if (!isWhole) return tooLarge(MAX_ANSWER_BYTES);
  if (!isUtf8) return notUtf8("the answer", text);
  if (text.trim() === "") return emptyAnswer("the answer is empty", null);
  const { answer, endpoint } = context;
  const body = parseJson(text);
  const isJson = typeof body === "object" && body !== null;
  if (body === undefined) {
    if (looksLikeHtml(text)) return htmlAnswer(text);
    if (LIKE_EVENTS_REGEXP.test(text)) {
      return unexpectedAnswer("one JSON body was asked for, but the server answered with a stream");
    }
    if (endpoint.readText === undefined) return notJson("the answer", text);
  }
  const part = !isJson && endpoint.readText ? endpoint.readText(text) : endpoint.readAnswer(body);
  answer.add(part, answer.lastByteAfterNs ?? 0);
  return answer.error ?? (answer.hasContent ? null : contentless("the answer", answer));
}

/**
 * Reads an answer that should be a stream of events; resolves to what is wrong with it, if anything.
 *
 * The clock is read once for each network read, before anything else is done with its bytes. What
 * the answer starts with decides how it is read, as servers and proxies send errors and web
 * pages under any content type.
 */
export async function readStream(
  http: HttpAnswer,
  context: ReadContext,
): Promise<ErrorDetails | null> {
  const { answer } = context;
  const reader = http.body;
  let isOver = false;
  try {
    const first = await reader.read();
    if (first.done) {
      isOver = true;
      answer.overAfterNs = reader.arrivedNs - context.sentNs;
      return emptyAnswer("the answer is empty", null);
    }
    answer.lastByteAfterNs = reader.arrivedNs - context.sentNs;
    const framing = framingOf(context.endpoint.framing, first.value);
    if (framing === null) {
      const { text } = await readWhole(reader, context, MAX_ERROR_BYTES, first.value);
      isOver = true;
      return wrongAnswer(text, context.endpoint);
    }
    isOver = await readEvents(reader, context, { bytes: first.value, framing });
  } catch (thrown) {
    if (thrown instanceof SseLimitError || thrown instanceof LineLimitError) {
      return tooLarge(MAX_EVENT_BYTES);
    }
    if (thrown instanceof EncodingError) return notUtf8("the stream");
    throw thrown;
  } finally {
    if (!isOver) reader.cancel();
  }
  return answer.error ?? (answer.hasContent ? null : contentless("the stream", answer));
}

/** Resolves to false when it gave up before the end, because the server reported an error. */
async function readEvents(
  reader: ByteReader,
  { answer, endpoint, open, sentNs }: ReadContext,
  first: { bytes: Uint8Array<ArrayBuffer>; framing: "sse" | "lines" },
): Promise<boolean> {
  let afterNs = answer.lastByteAfterNs ?? 0;
  let events = 0;
  const parser = parserOf(first.framing, (event) => {
    events++;
    if (answer.error === null) answer.add(endpoint.readEvent(event), afterNs);
  });
  let { bytes } = first;
  let isLingering = false;
  for (;;) {
    parser.push(bytes);
    if (answer.error !== null) return false;
    if (answer.done && !isLingering) {
      isLingering = true;
      open.linger();
    }
    const { done, value } = await reader.read();
    if (done) break;
    afterNs = reader.arrivedNs - sentNs;
    answer.lastByteAfterNs = afterNs;
    bytes = value;
  }
  answer.overAfterNs = reader.arrivedNs - sentNs;
  parser.end();
  const stray = parser instanceof SseParser && events === 0 ? parser.strayLine : null;
  if (stray !== null) answer.error = notEvents(stray);
  return true;
}

/** What cuts a stream of this framing into its events. */
function parserOf(
  framing: "sse" | "lines",
  emit: (event: SseEvent) => void,
): SseParser | LineParser {
  return framing === "sse"
    ? new SseParser(emit, { maxEventBytes: MAX_EVENT_BYTES })
    : new LineParser(emit, { maxLineBytes: MAX_EVENT_BYTES });
}

interface WholeText {
  text: string;
  /** False when there was more than the limit. */
  isWhole: boolean;
  isUtf8: boolean;
}

/** Reads what is left of a body, after `first`, up to `maxBytes`. */
async function readWhole(
  reader: ByteReader,
  context: ReadContext,
  maxBytes: number,
  first?: Uint8Array<ArrayBuffer>,
): Promise<WholeText> {
  const gatherer = new TextGatherer();
  let size = 0;
  let isWhole = true;
  let bytes = first;
  try {
    for (;;) {
      if (bytes !== undefined) {
        size += bytes.length;
        gatherer.push(bytes);
      }
      isWhole = size <= maxBytes;
      if (!isWhole) break;
      const { done, value } = await reader.read();
      const afterNs = reader.arrivedNs - context.sentNs;
      if (done) context.answer.overAfterNs = afterNs;
      if (done) break;
      context.answer.lastByteAfterNs = afterNs;
      bytes = value;
    }
  } catch (thrown) {
    reader.cancel();
    throw thrown;
  }
  if (isWhole) gatherer.end();
  else reader.cancel();
  return { text: gatherer.text, isWhole, isUtf8: gatherer.isUtf8 };
}

/**
 * The framing of a stream that begins with these bytes: events, which JSON and HTML are not, or lines,
 * each a JSON object; null when they cannot be those of the wanted stream.
 */
function framingOf(wanted: StreamFraming, bytes: Uint8Array): "sse" | "lines" | null {
  const start = bytes.find((byte) => byte > 0x20 && !BOM.has(byte));
  if (start === undefined) return wanted === "either" ? "sse" : wanted;
  if (wanted !== "sse" && start === BRACE) return "lines";
  return wanted !== "lines" && !NOT_EVENTS.has(start) ? "sse" : null;
}

const BOM = new Set([0xef, 0xbb, 0xbf]);
const BRACE = 0x7b;
const NOT_EVENTS = new Set([..."{[<"].map((character) => character.charCodeAt(0)));

/** What to say of an answer that is no stream although one was asked for. */
function wrongAnswer(text: string, endpoint: Endpoint): ErrorDetails {
  if (looksLikeHtml(text)) return htmlAnswer(text);
  const body = parseJson(text);
  if (body === undefined) {
    if (!LIKE_EVENTS_REGEXP.test(text)) return notJson("the answer", text);
    return unexpectedAnswer("lines of JSON were asked for, but the server answered with events");
  }
  return endpoint.readAnswer(body).error ?? unexpectedAnswer(NOT_STREAMED);
}

/** What is wrong with an answer that came to its end without saying anything. */
export function contentless(what: string, answer: Answer): ErrorDetails {
  return emptyAnswer(`${what} ended without content`, answer.finish);
}
