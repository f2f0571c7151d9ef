import { assert, assertEquals } from "@std/assert";
import type { Phase } from "../../../common/model/credit.ts";
import { Lookahead } from "../../../services/worker/lookahead.ts";

/** A cache that notes what it is asked for, and has what `release` lets come. */
class SlowCache {
  readonly asked: number[][] = [];
  readonly #waiting: (() => void)[] = [];
  size = 0;
  characters = 0;
  isReachable = true;

  constructor(readonly each: number, readonly maxCharacters: number) {}

  async prefetch(indexes: readonly number[]): Promise<boolean> {
    this.asked.push([...indexes]);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (!this.isReachable) return false;
    this.size += indexes.length;
    this.characters += this.each * indexes.length;
    return true;
  }

  /** Lets the answers to `count` questions come, or to all, also to those that follow from them. */
  async release(count = Infinity): Promise<void> {
    for (let i = 0; i < count; i++) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    }
  }
}

function inOrder(_: string, session: number): number {
  return session;
}

async function started(
  cache: SlowCache,
  conversationOf: (phase: string, session: number) => number | null = inOrder,
  starts?: ReadonlyMap<Phase, number>,
): Promise<Lookahead> {
  const lookahead = new Lookahead({ cache, conversationOf, ...starts && { starts } });
  const ready = lookahead.start([...starts?.keys() ?? ["profiling" as const]][0]!);
  await cache.release();
  await ready;
  return lookahead;
}

Deno.test("the first conversation is asked for alone, then as many as fit, up to 256 ahead", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  await started(cache);
  assertEquals(cache.asked[0], [0]);
  const all = cache.asked.flat();
  assertEquals(all, Array.from({ length: all.length }, (_, i) => i));
  assert(all.length >= 256 && all.length < 256 + 32, `${all.length}`);
  assert(cache.asked.slice(1).every((batch) => batch.length === 32));
});

Deno.test("what is waited for at the start is a million characters, and what is asked for at once four", async () => {
  const cache = new SlowCache(200 * 1024, 64 * 2 ** 20);
  const lookahead = new Lookahead({ cache, conversationOf: inOrder });
  let isReady = false;
  const ready = lookahead.start("profiling").then(() => isReady = true);
  await cache.release(1);
  assertEquals([cache.asked.map(({ length }) => length), isReady], [[1, 5], false]);
  await cache.release(1);
  assertEquals([cache.asked.map(({ length }) => length), isReady], [[1, 5, 20], true]);
  await cache.release();
  await ready;
});

Deno.test("large conversations are asked for one by one, and no more than half the cache holds", async () => {
  const cache = new SlowCache(5 * 2 ** 20, 64 * 2 ** 20);
  await started(cache);
  assert(cache.asked.every((batch) => batch.length === 1));
  assertEquals(cache.asked.length, 6);
});

Deno.test("as credits come, more is asked for, each session once", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const lookahead = await started(cache);
  for (let session = 0; session < 1_000; session++) {
    lookahead.note("profiling", session);
    if (session % 50 === 0) await cache.release();
    const asked = cache.asked.flat().at(-1)!;
    assert(asked > session, "what a credit names has been asked for before");
  }
  const all = cache.asked.flat();
  assertEquals(new Set(all).size, all.length);
  assert(all.length < 1_000 + 256 + 33);
});

Deno.test("sessions of other workers are skipped, and old ones change nothing", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const lookahead = await started(cache);
  cache.asked.length = 0;
  lookahead.note("profiling", 5_000);
  await cache.release();
  assertEquals(cache.asked[0]![0], 5_001);
  const count = cache.asked.length;
  lookahead.note("profiling", 4_000);
  await cache.release();
  assertEquals(cache.asked.length, count);
});

Deno.test("of a conversation that fills most of the cache, the next one is asked for all the same", async () => {
  const cache = new SlowCache(40 * 2 ** 20, 64 * 2 ** 20);
  const lookahead = await started(cache);
  assertEquals(cache.asked, [[0], [1]]);
  lookahead.note("profiling", 0);
  await cache.release();
  assertEquals(cache.asked.length, 2);
  lookahead.note("profiling", 1);
  await cache.release();
  assertEquals(cache.asked, [[0], [1], [2]]);
});

Deno.test("more is asked for when half of what is ahead has been used", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const lookahead = await started(cache);
  const { length } = cache.asked;
  const last = cache.asked.flat().at(-1)!;
  lookahead.note("profiling", last - 129);
  assertEquals(cache.asked.length, length);
  lookahead.note("profiling", last - 128);
  assertEquals(cache.asked.length, length + 1);
  await cache.release();
});

Deno.test("credits that come while conversations are on their way ask for nothing, and late ones do not keep more from being asked for", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const lookahead = await started(cache);
  cache.asked.length = 0;
  for (const session of [5_000, 5_001, 4_000]) lookahead.note("profiling", session);
  assertEquals(cache.asked.length, 1);
  await cache.release();
  const asked = cache.asked.flat();
  assertEquals(asked[0], 5_001);
  assert(asked.at(-1)! >= 5_001 + 256, `${asked.at(-1)}`);
});

Deno.test("a phase that begins while it would be looked at is asked for once", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const places = (phase: string, session: number) => {
    if (phase === "warmup") return session < 40 ? session : null;
    return 1_000 + session;
  };
  const starts = new Map([["warmup", 2], ["profiling", 300]] as const);
  const lookahead = new Lookahead({ cache, conversationOf: places, starts });
  const ready = lookahead.start("warmup");
  await cache.release(2);
  lookahead.note("profiling", 0);
  await cache.release();
  await ready;
  const all = cache.asked.flat();
  assertEquals(new Set(all).size, all.length);
  assert(all.includes(1_300));
});

Deno.test("where what the next phase begins with does not come, it is not asked for on and on", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const places = (phase: string, session: number) => phase === "warmup" ? null : 1_000 + session;
  cache.isReachable = false;
  await started(cache, places, new Map([["warmup", 2], ["profiling", 300]] as const));
  await cache.release();
  assertEquals(cache.asked.map(([first, ...more]) => [first, more.length]), [[1_000, 31]]);
});

Deno.test("another phase begins anew, in its own order", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const conversationOf = (phase: string, session: number) =>
    phase === "profiling" ? session : 9_000 - session;
  const lookahead = new Lookahead({ cache, conversationOf });
  const ready = lookahead.start("warmup");
  await cache.release();
  await ready;
  assertEquals(cache.asked[0], [9_000]);
  lookahead.note("warmup", 3);
  cache.asked.length = 0;
  lookahead.note("profiling", 0);
  await cache.release();
  assertEquals(cache.asked[0]!.slice(0, 2), [1, 2]);
});

Deno.test("the end of the data set and answers that do not come end the asking", async () => {
  const short = new SlowCache(3_000, 64 * 2 ** 20);
  await started(short, (_, session) => session < 10 ? session : null);
  assertEquals(short.asked.flat(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const broken = new SlowCache(3_000, 64 * 2 ** 20);
  broken.isReachable = false;
  const lookahead = await started(broken);
  assertEquals(broken.asked.length, 3);
  broken.isReachable = true;
  lookahead.note("profiling", 40);
  await broken.release();
  assert(broken.asked.flat().length > 256);
});

Deno.test("a conversation that several sessions use is asked for once at a time", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  await started(cache, (_, session) => session % 5);
  assert(cache.asked.every((batch) => new Set(batch).size === batch.length));
});

Deno.test("where more sessions begin together, all of their conversations are asked for", async () => {
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  await started(cache, inOrder, new Map([["profiling", 1_000]]));
  const asked = cache.asked.flat().length;
  assert(asked >= 1_000 && asked < 1_000 + 32, `${asked}`);
});

Deno.test("during a warm-up, what the next phase begins with is asked for, once and as far as it fits", async () => {
  const places = (phase: string, session: number) => {
    if (phase === "warmup") return session < 40 ? session : null;
    return 1_000 + session;
  };
  const starts = new Map([["warmup", 2], ["profiling", 300]] as const);
  const cache = new SlowCache(3_000, 64 * 2 ** 20);
  const lookahead = await started(cache, places, starts);
  const next = cache.asked.flat().filter((index) => index >= 1_000);
  assertEquals(next, Array.from({ length: 300 }, (_, i) => 1_000 + i));
  lookahead.note("warmup", 39);
  await cache.release();
  assertEquals(cache.asked.flat().filter((index) => index >= 1_000).length, 300);

  const small = new SlowCache(2 ** 20, 20 * 2 ** 20);
  await started(small, places, starts);
  assertEquals(small.asked.flat().filter((index) => index >= 1_000).length, 10);
});
