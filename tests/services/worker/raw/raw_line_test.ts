import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { HttpRequest } from "../../../../common/http/http_transport.ts";
import { rawLine } from "../../../../services/worker/raw/raw_line.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";

const SECRET = "sk-very-secret";
const encoder = new TextEncoder();

function redact(text: string): string {
  return text.replaceAll(SECRET, "[redacted]");
}

const SENT: HttpRequest = {
  method: "POST",
  url: "http://h/v1/chat/completions",
  headers: [["Authorization", `Bearer ${SECRET}`], ["X-Request-ID", "r"], ["X-Team", "blue"]],
  body: '{"messages":[],"model":"m"}',
  secretHeaders: new Set(["authorization", "x-team"]),
  signal: new AbortController().signal,
};

function lineOf(pieces: (string | Uint8Array)[], sent: HttpRequest = SENT) {
  const line = rawLine({
    record: recordOf(),
    sent,
    pieces: pieces.map((piece, i) => ({
      atNs: 1_100_000_000 + i,
      bytes: typeof piece === "string" ? encoder.encode(piece) : piece,
    })),
    redact,
  });
  assertEquals(line.includes("\n"), false);
  return JSON.parse(line);
}

Deno.test("a line has the request, its headers without secrets, and each read with its time", () => {
  assertEquals(lineOf(['data: {"a":1}\n\n', "data: [DONE]\n\n"]), {
    metadata: {
      session_num: 0,
      x_request_id: "request_0",
      x_correlation_id: "correlation_0",
      conversation_id: "conversation_0",
      turn_index: 0,
      worker_id: "worker_0",
      benchmark_phase: "profiling",
      model_name: "mock",
      was_cancelled: false,
    },
    start_perf_ns: 1_000_000_000,
    url: "http://h/v1/chat/completions",
    payload: { messages: [], model: "m" },
    request_headers: {
      Authorization: "<redacted>",
      "X-Request-ID": "r",
      "X-Team": "<redacted>",
    },
    status: 200,
    responses: [
      { perf_ns: 1_100_000_000, text: 'data: {"a":1}\n\n' },
      { perf_ns: 1_100_000_001, text: "data: [DONE]\n\n" },
    ],
    error: null,
  });
});

Deno.test("bodies that are no single line of JSON are kept all the same", () => {
  assertEquals(lineOf([], { ...SENT, body: '{\n  "a": 1\n}' }).payload, { a: 1 });
  assertEquals(lineOf([], { ...SENT, body: "{broken" }).payload, "{broken");
  assertEquals(lineOf([], { ...SENT, body: new Uint8Array([1, 2, 255]) }).payload, {
    base64: "AQL/",
  });
  assertEquals(lineOf([], { ...SENT, body: null }).payload, null);
});

Deno.test("a failed request has its error", () => {
  const record = failedRecordOf();
  const line = JSON.parse(rawLine({ record, sent: SENT, pieces: [], redact }));
  assertEquals([line.status, line.error, line.responses], [503, record.error, []]);
});

Deno.test("a secret in the payload or in an answer is not written, wherever a read ends", () => {
  const echo = `data: "your key ${SECRET} is bad"\n\n`;
  const bytes = encoder.encode(echo);
  fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (ends) => {
    const at = [0, ...ends.toSorted((a, b) => a - b), bytes.length];
    const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
    const { responses } = lineOf(pieces, { ...SENT, body: JSON.stringify({ user: SECRET }) });
    const texts = responses.map(({ text }: { text: string }) => text);
    assertEquals(texts.join(""), redact(echo));
    assertEquals(texts.length, pieces.length);
  }));
  const { payload } = lineOf([], { ...SENT, body: JSON.stringify({ user: SECRET }) });
  assertEquals(payload, { user: "[redacted]" });
});

Deno.test("any split of a text in any script gives the same text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, cut) => {
    const bytes = encoder.encode(text);
    const end = cut % (bytes.length + 1);
    const { responses } = lineOf([bytes.subarray(0, end), bytes.subarray(end)]);
    assertEquals(
      responses.map((r: { text: string }) => r.text).join(""),
      text.replace(/^\uFEFF/, ""),
    );
  }));
});
