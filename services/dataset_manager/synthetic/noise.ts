import { type Random, randomNormal } from "../../../common/runtime/random.ts";

/** Of full scale, which is 1. */
const LOUDNESS = 0.3;

/** Bytes of noise: nothing in them repeats, so no codec makes them much smaller. */
export function noiseBytes(random: Random, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  // One draw has 53 random bits: six bytes.
  for (let at = 0; at < length; at += 6) {
    const bits = random.next();
    let high = Math.floor(bits * 2 ** 24);
    let low = Math.floor((bits * 2 ** 24 - high) * 2 ** 24);
    for (let i = 0; i < 3; i++) {
      bytes[at + i] = high;
      bytes[at + 3 + i] = low;
      high >>>= 8;
      low >>>= 8;
    }
  }
  return bytes;
}

/** Samples of white noise, from -1 to 1: normal deviates of 0.3, cut off at full scale. */
export function noiseSamples(random: Random, length: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    samples[i] = Math.min(1, Math.max(-1, randomNormal(random, 0, LOUDNESS)));
  }
  return samples;
}
