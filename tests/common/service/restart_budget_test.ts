import { assertEquals } from "@std/assert";
import { RestartBudget } from "../../../common/service/restart_budget.ts";

Deno.test("RestartBudget allows so many restarts within a time, and no more", () => {
  const budget = new RestartBudget({ most: 2, withinNs: 10 });
  assertEquals([0, 5, 9].map((atNs) => budget.take(atNs)), [true, true, false]);
});

Deno.test("RestartBudget forgets restarts that are long ago", () => {
  const budget = new RestartBudget({ most: 2, withinNs: 10 });
  assertEquals([0, 5, 10, 14, 15].map((atNs) => budget.take(atNs)), [
    true,
    true,
    true,
    false,
    true,
  ]);
});

Deno.test("RestartBudget does not count what it refuses", () => {
  const budget = new RestartBudget({ most: 1, withinNs: 10 });
  for (let atNs = 0; atNs < 10; atNs++) assertEquals(budget.take(atNs), atNs === 0);
  assertEquals(budget.take(10), true);
});

Deno.test("RestartBudget allows ten restarts within ten seconds unless it is told otherwise", () => {
  const budget = new RestartBudget();
  const taken = Array.from({ length: 11 }, (_, second) => budget.take(second * 0.9e9));
  assertEquals(taken, [...new Array(10).fill(true), false]);
  assertEquals(budget.take(10e9), true);
});
