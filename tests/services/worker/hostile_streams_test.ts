import { assert, assertEquals } from "@std/assert";
import { checkBodyFits } from "../../../common/comms/frame.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import { requestRecordSchema } from "../../../common/model/record.ts";
import { chatEndpoint } from "../../../services/worker/endpoints/chat.ts";
import type { Endpoint } from "../../../services/worker/endpoints/endpoint.ts";
import { ollamaChatEndpoint } from "../../../services/worker/endpoints/ollama_chat.ts";
import { byteBody } from "../../helpers/byte_body.ts";
import { PlayedClock } from "./played_answer.ts";
import { sendOnce } from "./sending.ts";

const MIB = 2 ** 20;
const encoder = new TextEncoder();

/** What became of a request whose answer was `pieces`, as far as they were read. */
interface Outcome {
  record: RequestRecord;
  /** How many bytes of the answer were read. */
  readBytes: number;
  /** Whether the rest was given up, so that nothing more of it can come. */
  isGivenUp: boolean;
  /** How much more memory was in use at most. */
  grownBytes: number;
}

/** Sends one request; the pieces of its answer come one after the other. */
async function receive(
  pieces: Iterator<Uint8Array<ArrayBuffer>>,
  { endpoint = chatEndpoint, streaming = true }: { endpoint?: Endpoint; streaming?: boolean } = {},
): Promise<Outcome> {
  const outcome = { readBytes: 0, isGivenUp: false, grownBytes: 0 };
  const before = memoryInUse();
  const body = byteBody(() => {
    const { value, done } = pieces.next();
    if (done) return null;
    outcome.readBytes += value.length;
    outcome.grownBytes = Math.max(outcome.grownBytes, memoryInUse() - before);
    return value;
  }, () => outcome.isGivenUp = true);
  const headers = { "content-type": streaming ? "text/event-stream" : "application/json" };
  const fetch = () => Promise.resolve(new Response(body, { headers }));
  const record = await sendOnce({ clock: new PlayedClock(), endpoint, plan: { streaming }, fetch });
  assertEquals(requestRecordSchema.parse(record), record);
  return { ...outcome, record };
}

function memoryInUse(): number {
  const { external, heapUsed } = Deno.memoryUsage();
  return external + heapUsed;
}

function* started(
  start: string,
  piece: Uint8Array<ArrayBuffer>,
  times = Infinity,
  end = "",
): Generator<Uint8Array<ArrayBuffer>> {
  yield encoder.encode(start);
  for (let i = 0; i < times; i++) yield piece;
  if (end !== "") yield encoder.encode(end);
}

const HELLO = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n';
const LINE = '{"message":{"content":"Hello"}}\n';
const X = encoder.encode("x".repeat(MIB));
const TOO_LARGE = {
  code: 502,
  type: "ResponseTooLarge",
  message: "the server sent more than 32 MiB in one piece",
};

interface Endless {
  name: string;
  endpoint?: Endpoint;
  pieces: Iterator<Uint8Array<ArrayBuffer>>;
}

/** Answers that go on without ever completing an event; what comes first is an event each time. */
const ENDLESS: Endless[] = [
  { name: "an event of 50 MB", pieces: started(HELLO + 'data: "', X, 50, '"\n\n' + HELLO) },
  { name: "a stream of events without a line's end", pieces: started(HELLO + "data: ", X) },
  { name: "a comment without end", pieces: started(HELLO + ":", X) },
  { name: "a line without a field's name", pieces: started(HELLO, X) },
  {
    name: "an event of endless lines",
    pieces: started(HELLO, encoder.encode("data: xxxxxxx\n".repeat(MIB / 16))),
  },
  {
    name: "a line of JSON of 50 MB",
    endpoint: ollamaChatEndpoint,
    pieces: started(LINE + '{"a":"', X, 50, '"}\n' + LINE),
  },
  {
    name: "a line of JSON without end",
    endpoint: ollamaChatEndpoint,
    pieces: started(LINE + "{", X),
  },
];

for (const { name, pieces, endpoint = chatEndpoint } of ENDLESS) {
  Deno.test(`one clear error, after what came before, with little memory: ${name}`, async () => {
    const { record, readBytes, isGivenUp, grownBytes } = await receive(pieces, { endpoint });
    assertEquals([record.outcome, record.error], ["error", TOO_LARGE]);
    assertEquals(record.chunksAfterNs.length, 1);
    assert(isGivenUp);
    assert(readBytes < 40 * MIB, `${readBytes} bytes were read`);
    // What was held, as it grew, and as text; what is left of it waits for the collector.
    assert(grownBytes < 256 * MIB, `${grownBytes} bytes`);
  });
}

Deno.test("a whole answer without end is one clear error", async () => {
  const { record, readBytes, isGivenUp, grownBytes } = await receive(started('{"a":"', X), {
    streaming: false,
  });
  assertEquals(record.error, {
    ...TOO_LARGE,
    message: "the server sent more than 64 MiB in one piece",
  });
  assert(isGivenUp && readBytes < 70 * MIB && grownBytes < 400 * MIB, `${grownBytes} bytes`);
});

const ENDLESS_ANSWER = {
  code: 502,
  type: "ResponseTooLarge",
  message: "the answer did not end within 4 Mi characters or 1 Mi pieces of content",
};

Deno.test("a text that goes on and on, event by event, is one clear error with little memory", async () => {
  const event = encoder.encode(HELLO.replace("Hello", "\\u0000".repeat(2 ** 16)));
  const { record, isGivenUp, grownBytes } = await receive(started(HELLO, event));
  assertEquals([record.outcome, record.error, record.text], ["error", ENDLESS_ANSWER, null]);
  assertEquals(record.chunksAfterNs.length, 1 + 2 ** 22 / 2 ** 16 - 1);
  assert(isGivenUp && grownBytes < 256 * MIB, `${grownBytes} bytes`);
});

Deno.test("events of a letter each without end are one clear error, whose record can be passed on", async () => {
  const piece = encoder.encode('data: {"choices":[{"delta":{"content":"x"}}]}\n\n'.repeat(2 ** 14));
  const { record, isGivenUp } = await receive(started(HELLO, piece));
  assertEquals([record.outcome, record.error], ["error", ENDLESS_ANSWER]);
  assertEquals([record.chunksAfterNs.length, isGivenUp], [2 ** 20, true]);
  assert(JSON.stringify(record).length < 32 * MIB);
});

Deno.test("a whole answer with more text than any model says is one clear error", async () => {
  const pieces = started('{"choices":[{"message":{"content":"', X, 5, '"}}]}');
  const { record } = await receive(pieces, { streaming: false });
  assertEquals([record.outcome, record.error], ["error", ENDLESS_ANSWER]);
});

Deno.test("the longest text that is accepted fits into a message between processes", async () => {
  const event = HELLO.replace("Hello", "\\u0000".repeat(2 ** 22));
  const { record } = await receive(started(event, X, 0));
  assertEquals(record.outcome, "success");
  checkBodyFits(JSON.stringify({ type: "record", record }));
});

Deno.test("comments without end, each a line, take no memory until the time is over", async () => {
  const pieces = started(HELLO, encoder.encode(": x\n".repeat(MIB / 4)), 100, HELLO);
  const { record, grownBytes } = await receive(pieces);
  assertEquals([record.outcome, record.chunksAfterNs.length], ["success", 2]);
  assert(grownBytes < 256 * MIB, `${grownBytes} bytes`);
});

/** `text` in UTF-16, the low byte first. */
function utf16(text: string): Uint8Array<ArrayBuffer> {
  const units = Uint16Array.from(text, (character) => character.charCodeAt(0));
  return Uint8Array.from([...units].flatMap((unit) => [unit & 0xff, unit >> 8]));
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const CAFE = HELLO.replace("Hello", "caf\u00e9");
const CAFE_LINE = LINE.replace("Hello", "caf\u00e9");
const ANSWER = '{"choices":[{"message":{"content":"caf\u00e9"}}]}';

interface Wrong {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  endpoint?: Endpoint;
  streaming?: boolean;
  chunks?: number;
  type: string;
  message: string;
}

const NOT_UTF8 = { type: "InvalidEncoding", message: "the stream is not in UTF-8" };

const WRONG: Wrong[] = [
  { name: "events in Latin-1", bytes: latin1(HELLO + CAFE + HELLO), chunks: 1, ...NOT_UTF8 },
  { name: "events in UTF-16 with its mark", bytes: utf16("\ufeff" + HELLO), ...NOT_UTF8 },
  {
    name: "events in UTF-16",
    bytes: utf16(HELLO),
    type: "UnexpectedResponse",
    message: "the answer is not a stream of events (is it in UTF-16?): d a t a : " +
      '{ " c h o i c e s " : [ { " d e l t a " : { " c o n t e n t " : " H e l l o " } } ] }',
  },
  {
    name: "a character that is cut off",
    bytes: Uint8Array.from(
      [HELLO, HELLO.slice(0, -8)].flatMap((text) => [...encoder.encode(text)])
        .concat([0xf0, 0x9f], [...encoder.encode(HELLO.slice(-8) + HELLO)]),
    ),
    chunks: 1,
    ...NOT_UTF8,
  },
  {
    name: "a stream that ends within a character",
    bytes: encoder.encode(HELLO + "data: \u20ac").slice(0, -1),
    chunks: 1,
    ...NOT_UTF8,
  },
  {
    name: "lines in Latin-1",
    bytes: latin1(LINE + CAFE_LINE + LINE),
    endpoint: ollamaChatEndpoint,
    chunks: 1,
    ...NOT_UTF8,
  },
  {
    name: "lines in UTF-16",
    bytes: utf16(LINE),
    endpoint: ollamaChatEndpoint,
    type: "InvalidJSON",
    message: 'a line of the stream is not a JSON object: { " m e s s a g e " : ' +
      '{ " c o n t e n t " : " H e l l o " } }',
  },
  {
    name: "noise",
    bytes: Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) & 0xff),
    ...NOT_UTF8,
  },
  {
    name: "compressed bytes that nobody announced",
    bytes: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd),
    ...NOT_UTF8,
  },
  {
    name: "a whole answer in Latin-1",
    bytes: latin1(ANSWER),
    streaming: false,
    type: "InvalidEncoding",
    message: `the answer is not in UTF-8: ${ANSWER.replace("\u00e9", "\ufffd")}`,
  },
  {
    name: "a whole answer in UTF-16 with its mark",
    bytes: utf16("\ufeff{}"),
    streaming: false,
    type: "InvalidEncoding",
    message: "the answer is not in UTF-8: \ufffd\ufffd{ }",
  },
];

for (const { name, bytes, endpoint, streaming, chunks = 0, type, message } of WRONG) {
  Deno.test(`one clear error, however it is cut into reads: ${name}`, async () => {
    for (const size of [bytes.length, 1]) {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      for (let i = 0; i < bytes.length; i += size) pieces.push(bytes.slice(i, i + size));
      const { record } = await receive(pieces.values(), {
        ...(endpoint && { endpoint }),
        ...(streaming !== undefined && { streaming }),
      });
      assertEquals(record.error, { code: 502, type, message }, `in reads of ${size}`);
      assertEquals([record.outcome, record.chunksAfterNs.length], ["error", chunks]);
    }
  });
}
