import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  checkBodyFits,
  decodeBody,
  encodeFrames,
  FrameDecoder,
  FrameTooLargeError,
  HEADER_BYTES,
  MAX_FRAME_BYTES,
} from "../../../common/comms/frame.ts";
import { byteByByte, cutAt } from "../../helpers/byte_pieces.ts";

function pushAll(decoder: FrameDecoder, pieces: Iterable<Uint8Array>): string[] {
  const bodies: string[] = [];
  for (const piece of pieces) {
    for (const body of decoder.push(piece)) bodies.push(decodeBody(body));
  }
  return bodies;
}

function header(length: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

const CASES: Record<string, string[]> = {
  "nothing": [],
  "one empty body": [""],
  "one letter": ["a"],
  "two and three bytes a character": ["é", "日本語"],
  "four bytes a character": ["🚀🚀"],
  "a byte order mark": ["\uFEFF{}"],
  "a replacement character that was really sent": ["a\uFFFDb"],
  "a NUL": ["\0"],
  "empty ones between others": ["", "x", "", "", "yz", ""],
  "longer than what is encoded in one go": ["é".repeat(20_000), "b", "日".repeat(30_000)],
};

for (const [name, bodies] of Object.entries(CASES)) {
  Deno.test(`frames bring back ${name}, in one piece and byte by byte`, () => {
    const bytes = encodeFrames(bodies);
    const decoder = new FrameDecoder();
    assertEquals(pushAll(decoder, [bytes]), bodies);
    assertEquals(pushAll(decoder, byteByByte(bytes)), bodies);
    assertEquals(decoder.pendingBytes, 0);
  });
}

Deno.test("a frame is its length, big-endian, and its text as UTF-8", () => {
  assertEquals([...encodeFrames(["é", "ab"])], [0, 0, 0, 2, 0xc3, 0xa9, 0, 0, 0, 2, 97, 98]);
});

Deno.test("frames come out the same however the bytes are split", () => {
  const bodies = fc.array(fc.string({ unit: "binary", maxLength: 40 }), { maxLength: 8 });
  fc.assert(fc.property(bodies, fc.array(fc.nat(400)), (sent, cuts) => {
    const bytes = encodeFrames(sent);
    const decoder = new FrameDecoder();
    assertEquals(pushAll(decoder, cutAt(bytes, cuts)), sent);
    assertEquals(decoder.pendingBytes, 0);
  }));
});

Deno.test("a frame that is not complete waits, and is counted", () => {
  const decoder = new FrameDecoder();
  const bytes = encodeFrames(["abc", "defg"]);
  assertEquals(pushAll(decoder, [bytes.subarray(0, bytes.length - 1)]), ["abc"]);
  assertEquals(decoder.pendingBytes, 7);
  assertEquals(pushAll(decoder, [bytes.subarray(bytes.length - 1)]), ["defg"]);
  assertEquals(decoder.pendingBytes, 0);
});

Deno.test("what the caller does with its buffer later does not change a waiting frame", () => {
  const decoder = new FrameDecoder();
  const buffer = encodeFrames(["hello"]).slice(0, 6);
  assertEquals(pushAll(decoder, [buffer]), []);
  buffer.fill(0xff);
  assertEquals(pushAll(decoder, [new TextEncoder().encode("llo")]), ["hello"]);
});

Deno.test("a frame over the limit is refused from its header, without memory for it", () => {
  for (const pieces of [[header(2 ** 32 - 1)], [...byteByByte(header(MAX_FRAME_BYTES + 1))]]) {
    const decoder = new FrameDecoder();
    assertThrows(() => pushAll(decoder, pieces), FrameTooLargeError, "at most 67108864");
    assert(decoder.heldBytes <= 4096, `${decoder.heldBytes}`);
  }
});

Deno.test("a frame of exactly the limit is taken, one byte more is not", () => {
  const exact = encodeFrames(["x".repeat(10)]);
  assertEquals(pushAll(new FrameDecoder(10), [exact]), ["x".repeat(10)]);
  const error = assertThrows(() => pushAll(new FrameDecoder(9), [exact]), FrameTooLargeError);
  assertEquals(error.message, "Cannot take a frame of 10 bytes as at most 9 are allowed");
});

Deno.test("the frames before one that is over the limit are still handed out", () => {
  const seen: string[] = [];
  const bytes = encodeFrames(["good", "x".repeat(100)]);
  assertThrows(() => {
    for (const body of new FrameDecoder(50).push(bytes)) seen.push(decodeBody(body));
  }, FrameTooLargeError);
  assertEquals(seen, ["good"]);
});

Deno.test("memory grows with what arrives, not with what is announced, and is given back", () => {
  const decoder = new FrameDecoder();
  pushAll(decoder, [header(60_000_000), new Uint8Array(100_000)]);
  assert(decoder.heldBytes < 300_000, `${decoder.heldBytes}`);
  const big = encodeFrames(["x".repeat(5_000_000)]);
  const other = new FrameDecoder();
  let most = 0;
  for (let at = 0; at < big.length; at += 65_536) {
    pushAll(other, [big.subarray(at, at + 65_536)]);
    most = Math.max(most, other.heldBytes);
  }
  assert(most <= 2 * big.length, `${most}`);
  assertEquals(other.heldBytes, 0);
});

Deno.test("a body that is not UTF-8 is refused, and the frame after it is not lost", () => {
  const decoder = new FrameDecoder();
  const bodies: string[] = [];
  const problems: unknown[] = [];
  const bad = new Uint8Array([...header(2), 0xc3, 0x28, ...encodeFrames(["ok"])]);
  for (const body of decoder.push(bad)) {
    try {
      bodies.push(decodeBody(body));
    } catch (error) {
      problems.push(error);
    }
  }
  assertEquals(bodies, ["ok"]);
  assert(problems[0] instanceof TypeError);
});

Deno.test("encodeFrames() refuses a body over the limit, counted in bytes", () => {
  assertThrows(() => encodeFrames(["日本"], 5), FrameTooLargeError, "of 6 bytes");
  assertThrows(() => checkBodyFits("日本", 5), FrameTooLargeError, "of 6 bytes");
  checkBodyFits("日本", 6);
  assertEquals(encodeFrames(["日本"], 6).length, 10);
});

Deno.test("encodeFrames() takes about as much memory as a large body has bytes", () => {
  const body = "x".repeat(8_000_000);
  assertEquals(encodeFrames([body, "y"]).buffer.byteLength, 8_000_000 + 2 * HEADER_BYTES + 3);
});
