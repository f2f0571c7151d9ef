import { Mp3Encoder } from "@breezystack/lamejs";
import type { Sound } from "./wav.ts";

/** Samples of a channel in one frame. */
const FRAME = 1152;
/** What all rates from 32 kHz on have in both channels, and what the lowest rates have at most. */
const HIGH_KBPS = 128;
const LOW_KBPS = 64;
const LOWEST_HIGH_RATE_HZ = 32_000;

/** Encodes a sound as MP3 of a constant bit rate: 128 kbit/s, below 32 kHz 64. */
export function encodeMp3({ samples, channels, sampleRateHz }: Sound): Uint8Array<ArrayBuffer> {
  const kbps = sampleRateHz < LOWEST_HIGH_RATE_HZ ? LOW_KBPS : HIGH_KBPS;
  const encoder = new Mp3Encoder(channels, sampleRateHz, kbps);
  const parts: Uint8Array[] = [];
  const length = samples.length / channels;
  for (let start = 0; start < length; start += FRAME) {
    const [left, right] = Array.from(
      { length: channels },
      (_, channel) => channelOf(samples, { channel, channels, start }),
    );
    parts.push(Uint8Array.from(encoder.encodeBuffer(left!, right)));
  }
  parts.push(Uint8Array.from(encoder.flush()));
  return concat(parts);
}

function channelOf(
  samples: Float32Array,
  { channel, channels, start }: { channel: number; channels: number; start: number },
): Int16Array {
  const end = Math.min(samples.length / channels, start + FRAME);
  return Int16Array.from(
    { length: end - start },
    (_, i) => Math.round(samples[(start + i) * channels + channel]! * 32_767),
  );
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
