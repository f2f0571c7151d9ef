import { assertEquals } from "@std/assert";
import { endsOverFailureLimit, isOverFailureLimit } from "../../../common/model/failure_limit.ts";

const LIMIT = { ratio: 0.1, armedAfter: 10 };

Deno.test("the limit holds from a number of ends on, and only beyond the ratio", () => {
  const isOver = (succeeded: number, failed: number, lost = 0) =>
    isOverFailureLimit(LIMIT, { succeeded, failed, lost });
  assertEquals(isOver(0, 9), false);
  assertEquals(isOver(9, 1), false);
  assertEquals(isOver(8, 2), true);
  assertEquals(isOver(8, 1, 1), true);
  assertEquals(isOverFailureLimit(null, { succeeded: 0, failed: 99, lost: 0 }), false);
});

Deno.test("at the end the limit holds for any number of ends", () => {
  const endsOver = (succeeded: number, failed: number) =>
    endsOverFailureLimit(LIMIT, { succeeded, failed, lost: 0 });
  assertEquals([endsOver(0, 1), endsOver(9, 1), endsOver(0, 0)], [true, false, false]);
  assertEquals(endsOverFailureLimit(null, { succeeded: 0, failed: 99, lost: 0 }), false);
});
