import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { describeExit, drain } from "../../../common/runtime/child_process.ts";

const encoder = new TextEncoder();

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces);
}

async function linesOf(...texts: string[]): Promise<string[]> {
  const lines: string[] = [];
  await drain(streamOf(texts.map((text) => encoder.encode(text))), (line) => lines.push(line));
  return lines;
}

Deno.test("drain() gives line by line, also the last one without its end", async () => {
  assertEquals(await linesOf("a\nb\n"), ["a", "b"]);
  assertEquals(await linesOf("a\nb"), ["a", "b"]);
  assertEquals(await linesOf("a\n\nb\n"), ["a", "", "b"]);
  assertEquals(await linesOf("\n"), [""]);
  assertEquals(await linesOf(""), []);
  assertEquals(await linesOf(), []);
});

Deno.test("drain() puts lines and characters together however they are split", async () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(texts, fc.array(fc.nat(80)), async (given, cuts) => {
    const expected = given.map((text) => text.replaceAll("\n", ""));
    const bytes = encoder.encode(expected.map((line) => line + "\n").join(""));
    const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
    ends.sort((a, b) => a - b);
    const pieces = ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
    const lines: string[] = [];
    await drain(streamOf(pieces), (line) => lines.push(line));
    assertEquals(lines, expected);
  }));
});

Deno.test("drain() hands on an endless line in pieces instead of keeping it", async () => {
  const lines: string[] = [];
  const piece = new Uint8Array(10_000).fill("x".charCodeAt(0));
  await drain(streamOf(Array(100).fill(piece)), (line) => lines.push(line));
  assertEquals(lines.join(""), "x".repeat(1_000_000));
  assert(lines.every(({ length }) => length <= 16 * 1024));
});

Deno.test("drain() takes bytes that are no text", async () => {
  const lines: string[] = [];
  await drain(streamOf([new Uint8Array([0xff, 0xfe, 10, 65])]), (line) => lines.push(line));
  assertEquals(lines, ["\uFFFD\uFFFD", "A"]);
});

const EXITS: [string, number, Deno.Signal | null, string[], string][] = [
  ["a code", 0, null, [], "exited with code 0"],
  ["a signal", 137, "SIGKILL", ["hello"], "was ended by SIGKILL"],
  ["no complaint", 1, null, ["all is well"], "exited with code 1"],
  [
    "the last complaint",
    1,
    null,
    ["error: first", "error: second", "    at main.ts:1"],
    "exited with code 1 (second)",
  ],
  [
    "an uncaught error, without the source that is quoted below it",
    1,
    null,
    [
      "error: Uncaught (in promise) TypeError: oh",
      '    throw new TypeError("oh");',
      "          ^",
      "    at file:///main.ts:1:7",
    ],
    "exited with code 1 (TypeError: oh)",
  ],
  [
    "the last words of an engine that ran out of memory",
    133,
    "SIGTRAP",
    ["<--- Last few GCs --->", "# Fatal JavaScript out of memory: Reached heap limit", "#"],
    "was ended by SIGTRAP (# Fatal JavaScript out of memory: Reached heap limit)",
  ],
  [
    "a complaint of the log, without its time and name",
    1,
    null,
    ["2026-01-02T03:04:05.678Z ERROR    worker_1 Cannot read a memory page"],
    "exited with code 1 (Cannot read a memory page)",
  ],
  [
    "an error of the log that has no such word in it",
    1,
    null,
    ["2026-01-02T03:04:05.678Z ERROR    worker_1 Cannot find my shoes"],
    "exited with code 1 (Cannot find my shoes)",
  ],
];

for (const [name, code, signal, lastWords, expected] of EXITS) {
  Deno.test(`an exit is described with ${name}`, () => {
    assertEquals(describeExit({ code, signal }, lastWords), expected);
  });
}

Deno.test("a long complaint is cut", () => {
  const text = describeExit({ code: 1, signal: null }, ["error: " + "x".repeat(9_999)]);
  assertEquals(text.length, "exited with code 1 ()".length + 500);
});
