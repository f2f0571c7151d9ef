import { assertEquals, assertRejects } from "@std/assert";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import { ConversationCache } from "../../../services/worker/conversation_cache.ts";

function conversation(index: number, characters = 10): Conversation {
  const turn = plainTurn(["x".repeat(characters)], { inputTokens: 1 });
  return { index, id: `c${index}`, opening: [], turns: [turn] };
}

function cacheOver(maxCharacters?: number) {
  const asked: number[][] = [];
  const fetch = (indexes: readonly number[]) => {
    asked.push([...indexes]);
    return Promise.resolve(indexes.map((index) => conversation(index)));
  };
  return { cache: new ConversationCache(fetch, maxCharacters), asked };
}

Deno.test("ConversationCache has a prefetched conversation at hand", async () => {
  const { cache, asked } = cacheOver();
  cache.prefetch([0, 1, 2]);
  await cache.get(2);
  assertEquals(cache.get(1), conversation(1));
  assertEquals(asked, [[0, 1, 2]]);
});

Deno.test("ConversationCache asks once for what several credits wait for", async () => {
  const { cache, asked } = cacheOver();
  const both = await Promise.all([cache.get(5), cache.get(5)]);
  assertEquals(both, [conversation(5), conversation(5)]);
  assertEquals(asked, [[5]]);
});

Deno.test("ConversationCache forgets what was used longest ago when it is full", async () => {
  const { cache, asked } = cacheOver(25);
  await cache.get(0);
  await cache.get(1);
  await cache.get(0);
  await cache.get(2);
  assertEquals(cache.size, 2);
  await cache.get(0);
  assertEquals(asked, [[0], [1], [2]]);
  await cache.get(1);
  assertEquals(asked, [[0], [1], [2], [1]]);
});

Deno.test("ConversationCache keeps a conversation that is larger than its limit", async () => {
  const { cache } = cacheOver(5);
  await cache.get(0);
  assertEquals(cache.get(0), conversation(0));
});

Deno.test("ConversationCache asks again after a failure", async () => {
  let fails = true;
  const cache = new ConversationCache((indexes) => {
    if (fails) return Promise.reject(new Error("gone"));
    return Promise.resolve(indexes.map((index) => conversation(index)));
  });
  await assertRejects(async () => await cache.get(0), Error, "gone");
  fails = false;
  assertEquals(await cache.get(0), conversation(0));
});

Deno.test("ConversationCache says so when the data set has no such conversation", async () => {
  const cache = new ConversationCache(() => Promise.resolve([]));
  await assertRejects(async () => await cache.get(3), Error, "gave no conversation 3");
});
