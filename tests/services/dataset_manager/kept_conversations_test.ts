import { assertEquals } from "@std/assert";
import { plainTurn } from "../../../common/model/conversation.ts";
import { KeptConversations } from "../../../services/dataset_manager/kept_conversations.ts";

Deno.test("a conversation is made once as long as there is room, the oldest go first", () => {
  const made: number[] = [];
  const kept = new KeptConversations((index) => {
    made.push(index);
    return { index, id: `c${index}`, opening: [], turns: [plainTurn(["x".repeat(100)])] };
  }, 350);
  for (const index of [1, 2, 3, 1, 2, 3]) assertEquals(kept.get(index).index, index);
  assertEquals(made, [1, 2, 3]);
  kept.get(4);
  assertEquals(kept.size, 3);
  for (const index of [2, 3, 4, 1]) kept.get(index);
  assertEquals(made, [1, 2, 3, 4, 1]);
});

Deno.test("one that is larger than all the room is kept alone", () => {
  let made = 0;
  const kept = new KeptConversations((index) => {
    made++;
    return { index, id: "c", opening: [], turns: [plainTurn(["x".repeat(1_000)])] };
  }, 10);
  for (const index of [1, 1, 2, 2]) kept.get(index);
  assertEquals([made, kept.size], [2, 1]);
});
