import { deriveRandom, randomInt } from "../runtime/random.ts";
import type { Phase } from "./credit.ts";
import type { DatasetPlan } from "./run_config.ts";

/** Up to so many entries an epoch's order is laid out; beyond, each position is computed. */
const LARGEST_TABLE = 4_096;
const FEISTEL_ROUNDS = 6;

/** Which conversation request `index` (from 0) of a phase uses. */
export type Sampler = (index: number) => number;

/** What of the data set's plan matters for the choice. */
export type SamplingPlan = Pick<DatasetPlan, "entries" | "sampling" | "seed">;

/**
 * Makes the sampler of a phase: a pure function of the plan, the phase and the index.
 *
 * `sequential` goes through the data set in order and `shuffle` in a new random order each time,
 * every conversation once per pass; `random` draws each with replacement. The warm-up goes through
 * the same order from its other end, so that it neither moves the choices of the profiling phase
 * nor puts its first prompts into the server's cache.
 */
export function createSampler(plan: SamplingPlan, phase: Phase): Sampler {
  const { entries, sampling, seed } = plan;
  if (sampling === "random") {
    return (index) => randomInt(deriveRandom(seed, `timing.${phase}.sample.${index}`), entries);
  }
  const place = phase === "warmup"
    ? (index: number) => entries - 1 - index % entries
    : (index: number) => index % entries;
  if (sampling === "sequential") return place;
  const shuffled = shuffledOrders(seed, entries);
  return (index) => shuffled(Math.floor(index / entries))(place(index));
}

/** A bijection of [0, entries). */
type Order = (place: number) => number;

/** The order of each pass through the data set; the latest one is kept. */
function shuffledOrders(seed: number, entries: number): (pass: number) => Order {
  let order: Order = (place) => place;
  let current = -1;
  return (pass) => {
    if (pass !== current) {
      const stream = `timing.shuffle.${pass}`;
      order = entries <= LARGEST_TABLE
        ? tableOrder(seed, { stream, entries })
        : feistelOrder(seed, { stream, entries });
      current = pass;
    }
    return order;
  };
}

interface OrderOptions {
  readonly stream: string;
  readonly entries: number;
}

/** Fisher and Yates. */
function tableOrder(seed: number, { stream, entries }: OrderOptions): Order {
  const random = deriveRandom(seed, stream);
  const table = Uint16Array.from(Array(entries).keys());
  for (let i = entries - 1; i > 0; i--) {
    const j = randomInt(random, i + 1);
    [table[i], table[j]] = [table[j]!, table[i]!];
  }
  return (place) => table[place]!;
}

/**
 * A random permutation without memory: a Feistel network permutes the smallest square of a power
 * of two that holds all entries, and is applied again as long as it leads out of the data set.
 */
function feistelOrder(seed: number, { stream, entries }: OrderOptions): Order {
  const random = deriveRandom(seed, stream);
  const keys = Array.from({ length: FEISTEL_ROUNDS }, () => randomInt(random, 2 ** 32));
  const half = 2 ** Math.ceil(Math.log2(entries) / 2);
  return (place) => {
    do place = feistel(place, half, keys); while (place >= entries);
    return place;
  };
}

/** `half`: a power of two up to 2^27; permutes [0, half²). */
function feistel(value: number, half: number, keys: readonly number[]): number {
  let left = Math.floor(value / half);
  let right = value % half;
  for (const key of keys) {
    [left, right] = [right, (left ^ mix(right, key)) & (half - 1)];
  }
  return left * half + right;
}

function mix(value: number, key: number): number {
  let hash = Math.imul(value ^ key, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ key, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
