import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { wavSeconds } from "../../../common/media/wav_duration.ts";
import { wavFile, type WavOptions } from "../../helpers/wav.ts";

const FILES: [name: string, options: WavOptions, seconds: number | null][] = [
  ["a plain file", { seconds: 1.5 }, 1.5],
  ["another rate", { seconds: 2, bytesPerSecond: 176_400 }, 2],
  ["a chunk before the sound", { seconds: 1, before: { name: "LIST", bytes: 26 } }, 1],
  ["a chunk of an odd size before it", { seconds: 1, before: { name: "LIST", bytes: 27 } }, 1],
  // As written by who did not know the size yet.
  ["a size that was left open", { seconds: 1, saidBytes: 0 }, 1],
  ["a size that is too large", { seconds: 1, saidBytes: 0xffffffff }, 1],
  ["no sound", { seconds: 0 }, null],
  ["no rate", { seconds: 0, bytesPerSecond: 0 }, null],
];

for (const [name, options, seconds] of FILES) {
  Deno.test(`the length of a WAV file: ${name}`, () => {
    const bytes = wavFile(options);
    assertEquals(wavSeconds(bytes, bytes.length), seconds);
  });
}

Deno.test("the beginning of a WAV file is enough", () => {
  const bytes = wavFile({ seconds: 10 });
  assertEquals(wavSeconds(bytes.subarray(0, 100), bytes.length), 10);
  assertEquals(wavSeconds(bytes.subarray(0, 20), bytes.length), null);
});

Deno.test("of any other bytes nobody knows how long they are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assertEquals(wavSeconds(bytes, bytes.length), null);
    }),
  );
});

Deno.test("broken WAV files never throw", () => {
  const whole = wavFile({ seconds: 0.01, before: { name: "LIST", bytes: 9 } });
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (end, at, byte) => {
      const bytes = whole.slice(0, end);
      if (at < end) bytes[at] = byte;
      wavSeconds(bytes, bytes.length);
    }),
  );
});
