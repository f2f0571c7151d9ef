import type { Media } from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import type { AudioPlan, ImagePlan } from "../../../common/model/synthetic_plan.ts";
import { deriveRandom, type Random, randomInt } from "../../../common/runtime/random.ts";
import { drawDuration, drawLength, type Normal } from "../draw.ts";
import { noiseBytes, noiseSamples } from "./noise.ts";
import type { Picture, PictureFormat } from "./picture.ts";
import { encodeWav, type Sound } from "./wav.ts";

/** Pixels of the longest side that is drawn, however far the deviation reaches. */
const LONGEST_SIDE = 4096;

/** Makes what turns show besides text, each a pure function of the seed and the stream. */
export interface MediaMaker {
  /** null: the plan wants nothing of the kind. */
  make(stream: string): Media | null;
}

/** Loads what is needed to encode the pictures and sounds of a plan, and nothing else. */
export async function openMedia({ seed, synthetic }: DatasetPlan): Promise<MediaMaker> {
  const { images, audio } = synthetic;
  if (images === null && audio === null) return { make: () => null };
  const picture = images === null ? null : await import("./picture.ts");
  const mp3 = audio?.format === "mp3" ? await import("./mp3.ts") : null;
  const encodeSound = (sound: Sound, depth: number) =>
    mp3 === null
      ? `data:audio/wav;base64,${encodeWav(sound, depth).toBase64()}`
      : `data:audio/mpeg;base64,${mp3.encodeMp3(sound).toBase64()}`;
  return {
    make: (stream) => ({
      images: several(images?.perTurn ?? 0, (number) => {
        const drawn = drawPicture(seed, `${stream}.image.${number}`, images!);
        const bytes = picture!.encodePicture(drawn.picture, drawn.format);
        return `data:image/${drawn.format};base64,${bytes.toBase64()}`;
      }),
      audios: several(audio?.perTurn ?? 0, (number) => {
        const { sound, depth } = drawSound(seed, `${stream}.audio.${number}`, audio!);
        return encodeSound(sound, depth);
      }),
      videos: [],
    }),
  };
}

function several(count: number, make: (number: number) => string): string[] {
  return Array.from({ length: count }, (_, number) => make(number));
}

function drawPicture(
  seed: number,
  stream: string,
  { width, height, format }: ImagePlan,
): { picture: Picture; format: PictureFormat } {
  const side = (name: string, length: Normal) =>
    Math.min(LONGEST_SIDE, drawLength(seed, `${stream}.${name}`, length));
  const size = { width: side("width", width), height: side("height", height) };
  const random = deriveRandom(seed, stream);
  return {
    format: format === "random" ? oneOf(random, ["png", "jpeg"]) : format,
    picture: { ...size, rgb: noiseBytes(random, size.width * size.height * 3) },
  };
}

function drawSound(
  seed: number,
  stream: string,
  { seconds, depths, sampleRatesHz, channels }: AudioPlan,
): { sound: Sound; depth: number } {
  const random = deriveRandom(seed, stream);
  const sampleRateHz = oneOf(random, sampleRatesHz);
  const depth = oneOf(random, depths);
  const frames = Math.max(1, Math.round(drawDuration(random, seconds) * sampleRateHz));
  return {
    sound: { samples: noiseSamples(random, frames * channels), channels, sampleRateHz },
    depth,
  };
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[randomInt(random, choices.length)]!;
}
