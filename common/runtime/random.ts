const LANE_STEP = 0x9e3779b9;

/** A stream of pseudo-random numbers. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
}

/**
 * A generator of its own for each purpose, derived from the run's seed and a name.
 *
 * The stream depends on nothing else, so adding a stream never moves another one. xoshiro128**
 * (Blackman and Vigna); each of its four words is a hash of its own of seed and name, so that even
 * a million names (one for each conversation) do not meet in one stream.
 */
export function deriveRandom(seed: number, name: string): Random {
  const words = new Uint32Array(4);
  for (let lane = 0; lane < 4; lane++) {
    const start = mixInt(finalize(LANE_STEP * (lane + 1)), seed >>> 0);
    words[lane] = finalize(mixString(mixInt(start, Math.floor(seed / 2 ** 32)), name));
  }
  if (words.every((word) => word === 0)) words[0] = 1;
  return new Xoshiro128(words);
}

/** Uniform integer in [0, bound). `bound`: 1 to 2^53. */
export function randomInt(random: Random, bound: number): number {
  return Math.floor(random.next() * bound);
}

/** Normal deviate by Box and Muller. */
export function randomNormal(random: Random, mean: number, stddev: number): number {
  if (stddev === 0) return mean;
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return mean + stddev * radius * Math.cos(2 * Math.PI * random.next());
}

/** Exponential deviate with mean 1. */
export function randomExponential(random: Random): number {
  return -Math.log(1 - random.next());
}

/**
 * Gamma deviate with scale 1, so mean and variance are `shape`; above 0.
 *
 * Marsaglia and Tsang's rejection method; a shape below 1 is drawn from the next higher one.
 */
export function randomGamma(random: Random, shape: number): number {
  if (shape < 1) return randomGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = randomNormal(random, 0, 1);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < x * x / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

class Xoshiro128 implements Random {
  readonly #s: Uint32Array;

  constructor(words: Uint32Array) {
    this.#s = words;
  }

  next(): number {
    const high = this.#next32() >>> 5;
    const low = this.#next32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #next32(): number {
    const s = this.#s;
    const s1 = s[1]!;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= s1 << 9;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalize(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function mixInt(hash: number, value: number): number {
  return finalize((hash ^ Math.imul(value, 0xcc9e2d51)) >>> 0) ^ rotateLeft(hash, 15);
}

function mixString(hash: number, text: string): number {
  for (let i = 0; i < text.length; i++) hash = mixInt(hash, text.charCodeAt(i) + 1);
  return hash >>> 0;
}
