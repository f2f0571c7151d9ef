import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { decode as decodePng } from "fast-png";
import fc from "fast-check";
import { decode as decodeJpeg } from "jpeg-js";
import { deriveRandom } from "../../../../common/runtime/random.ts";
import type { AudioPlan, ImagePlan } from "../../../../common/model/synthetic_plan.ts";
import { encodeMp3 } from "../../../../services/dataset_manager/synthetic/mp3.ts";
import {
  type MediaMaker,
  openMedia,
} from "../../../../services/dataset_manager/synthetic/media.ts";
import { noiseBytes, noiseSamples } from "../../../../services/dataset_manager/synthetic/noise.ts";
import { encodeWav } from "../../../../services/dataset_manager/synthetic/wav.ts";
import { datasetPlanOf, PLAIN_SYNTHETIC } from "../../../helpers/dataset_plan.ts";

const IMAGES: ImagePlan = {
  width: { mean: 40, stddev: 8 },
  height: { mean: 30, stddev: 0 },
  perTurn: 2,
  format: "random",
};
const AUDIO: AudioPlan = {
  seconds: { mean: 0.05, stddev: 0 },
  perTurn: 1,
  format: "wav",
  depths: [8, 16],
  sampleRatesHz: [8_000, 16_000],
  channels: 2,
};

function open(images: ImagePlan | null, audio: AudioPlan | null): Promise<MediaMaker> {
  return openMedia(datasetPlanOf({ synthetic: { ...PLAIN_SYNTHETIC, images, audio } }));
}

function bytesOf(uri: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(uri.slice(uri.indexOf(",") + 1));
}

Deno.test("pictures are of the drawn sizes and formats, and no two are equal", async () => {
  const maker = await open(IMAGES, null);
  const all = Array.from({ length: 30 }, (_, i) => maker.make(`media.${i}`)!.images).flat();
  assertEquals(new Set(all).size, 60);
  const widths = new Set<number>();
  const counts = { png: 0, jpeg: 0 };
  for (const uri of all) {
    const format = uri.startsWith("data:image/png;base64,") ? "png" : "jpeg";
    counts[format]++;
    if (format === "jpeg") assert(uri.startsWith("data:image/jpeg;base64,"));
    const { width, height } = format === "png" ? decodePng(bytesOf(uri)) : decodeJpeg(bytesOf(uri));
    widths.add(width);
    assertEquals(height, 30);
  }
  assert(widths.size > 5 && counts.png > 10 && counts.jpeg > 10);
});

Deno.test("a picture of a fixed format keeps every pixel of its noise", async () => {
  const maker = await open({ ...IMAGES, width: { mean: 40, stddev: 0 }, format: "png" }, null);
  const [uri] = maker.make("media.1")!.images;
  const { data, channels } = decodePng(bytesOf(uri!));
  assertEquals(channels, 3);
  const noise = noiseBytes(deriveRandom(42, "media.1.image.0"), 40 * 30 * 3);
  assertEquals(Uint8Array.from(data), noise);
});

Deno.test("equal streams make equal media, others not", async () => {
  const maker = await open(IMAGES, AUDIO);
  assertEquals(maker.make("media.7"), (await open(IMAGES, AUDIO)).make("media.7"));
  assertNotEquals(maker.make("media.7"), maker.make("media.8"));
  assertEquals((await open(null, null)).make("media.7"), null);
});

/** What a WAV file says of itself, read by its chunks. */
function readWav(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  assertEquals([name(0), name(8), name(12), name(36)], ["RIFF", "WAVE", "fmt ", "data"]);
  assertEquals(view.getUint32(4, true), bytes.length - 8);
  assertEquals([view.getUint32(16, true), view.getUint16(20, true)], [16, 1]);
  const channels = view.getUint16(22, true);
  const depth = view.getUint16(34, true);
  assertEquals(view.getUint16(32, true), channels * depth / 8);
  const rate = view.getUint32(24, true);
  assertEquals(view.getUint32(28, true), rate * channels * depth / 8);
  const size = view.getUint32(40, true);
  assertEquals(bytes.length, 44 + size + size % 2);
  return { channels, depth, rate, samples: size / (depth / 8), view };
}

Deno.test("sounds are of the drawn rates and depths, and as long as asked for", async () => {
  const maker = await open(null, AUDIO);
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const [uri] = maker.make(`media.${i}`)!.audios;
    assert(uri!.startsWith("data:audio/wav;base64,"));
    const { channels, depth, rate, samples } = readWav(bytesOf(uri!));
    assertEquals(samples, 0.05 * rate * 2);
    seen.add(`${channels} ${depth} ${rate}`);
  }
  assertEquals([...seen].sort(), ["2 16 16000", "2 16 8000", "2 8 16000", "2 8 8000"]);
});

Deno.test("a WAV file has every sample, to within its depth", () => {
  const sample = fc.float({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 40 }),
      fc.constantFrom(8, 16, 24, 32),
      (list, depth) => {
        const samples = Float32Array.from(list);
        const { view } = readWav(
          encodeWav({ samples, channels: 1, sampleRateHz: 8_000 }, depth),
        );
        const read = {
          8: (i: number) => (view.getUint8(44 + i) - 128) / 127,
          16: (i: number) => view.getInt16(44 + 2 * i, true) / 32_767,
          24: (i: number) =>
            (view.getInt8(46 + 3 * i) * 65_536 + view.getUint16(44 + 3 * i, true)) / 8_388_607,
          32: (i: number) => view.getInt32(44 + 4 * i, true) / 2_147_483_647,
        }[depth as 8 | 16 | 24 | 32];
        for (const [i, value] of samples.entries()) {
          assertAlmostEquals(read(i), value, 0.51 / (2 ** (depth - 1) - 1) + 1e-12);
        }
      },
    ),
  );
});

/** Rate and channels of the frames of an MP3 file, read from their headers. */
function readMp3(bytes: Uint8Array): { rate: number; channels: number; frames: number } {
  const rates = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]];
  const kbps1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
  const kbps2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
  let at = 0;
  let frames = 0;
  let rate = 0;
  let channels = 0;
  while (at + 4 <= bytes.length) {
    assertEquals([bytes[at], bytes[at + 1]! & 0xe6], [0xff, 0xe2], `frame at ${at}`);
    const version = bytes[at + 1]! >> 3 & 3;
    rate = rates[version]![bytes[at + 2]! >> 2 & 3]!;
    channels = bytes[at + 3]! >> 6 === 3 ? 1 : 2;
    const kbps = (version === 3 ? kbps1 : kbps2)[bytes[at + 2]! >> 4]!;
    const padding = bytes[at + 2]! >> 1 & 1;
    at += Math.floor((version === 3 ? 144_000 : 72_000) * kbps / rate) + padding;
    frames++;
  }
  return { rate, channels, frames };
}

for (const channels of [1, 2]) {
  Deno.test(`an MP3 file of ${channels} channels has frames of the rate asked for`, () => {
    for (const sampleRateHz of [8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48].map((x) => x * 1000)) {
      const length = Math.round(0.2 * sampleRateHz);
      const samples = noiseSamples(deriveRandom(1, "mp3"), length * channels);
      const read = readMp3(encodeMp3({ samples, channels, sampleRateHz }));
      assertEquals([read.rate, read.channels], [sampleRateHz, channels]);
      const perFrame = sampleRateHz < 32_000 ? 576 : 1152;
      assert(read.frames * perFrame >= length, `${read.frames} frames`);
    }
  });
}

Deno.test("an MP3 file has all of its samples, of both channels", () => {
  const sampleRateHz = 8_000;
  const samples = noiseSamples(deriveRandom(1, "mp3"), 2 * 4 * 1152);
  const whole = encodeMp3({ samples, channels: 2, sampleRateHz });
  // Of each frame a piece in its middle, of one channel.
  for (let frame = 0; frame < 4; frame++) {
    for (const channel of [0, 1]) {
      const muted = samples.slice();
      for (let i = 400; i < 800; i++) muted[2 * (frame * 1152 + i) + channel] = 0;
      const other = encodeMp3({ samples: muted, channels: 2, sampleRateHz });
      assertNotEquals(other, whole, `frame ${frame}, channel ${channel}`);
    }
  }
});

Deno.test("noise fills every byte and stays within full scale", () => {
  const bytes = noiseBytes(deriveRandom(3, "n"), 60_001);
  assertEquals(bytes.length, 60_001);
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte]!++;
  for (const count of counts) assert(count > 150 && count < 330, `${count}`);
  const samples = noiseSamples(deriveRandom(3, "n"), 20_000);
  assert(samples.every((value) => value >= -1 && value <= 1));
  const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  assertAlmostEquals(Math.sqrt(power), 0.3, 0.01);
});
