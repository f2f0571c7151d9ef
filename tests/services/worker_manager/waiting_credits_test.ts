import { assertEquals } from "@std/assert";
import { WaitingCredits } from "../../../services/worker_manager/waiting_credits.ts";

Deno.test("of the credits of a worker that is gone those count that have not begun, once", () => {
  const waiting = new WaitingCredits();
  for (let i = 0; i < 5; i++) waiting.hand("a");
  waiting.hand("b");
  waiting.begin("a", 3);
  assertEquals([waiting.leave("a"), waiting.leave("a"), waiting.leave("b")], [2, 0, 1]);
});

Deno.test("of what a worker tells of that it has not, or after its end, nothing counts", () => {
  const waiting = new WaitingCredits();
  waiting.hand("a");
  waiting.hand("a");
  assertEquals([waiting.begin("a", 1), waiting.begin("a", 7), waiting.begin("a", 1)], [1, 1, 0]);
  waiting.hand("a");
  assertEquals(waiting.leave("a"), 1);
  assertEquals(waiting.begin("a", 1), 0);
  assertEquals(waiting.leave("a"), 0);
});
