import { assertEquals } from "@std/assert";
import type { LoadPlan } from "../../../common/model/run_config.ts";
import { Backlog, MOST_PER_WORKER, mostWaiting } from "../../../services/timing_manager/backlog.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { closedLoad, openLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

Deno.test("there is room for another credit until so many wait, and again when half of them have begun", async () => {
  const backlog = new Backlog();
  backlog.limit(4);
  assertEquals([backlog.add(), backlog.add(), backlog.add()], [undefined, undefined, undefined]);
  let hasRoom = false;
  void backlog.add()!.then(() => hasRoom = true);
  backlog.begin(1);
  await settle();
  assertEquals(hasRoom, false);
  backlog.begin(1);
  await settle();
  assertEquals(hasRoom, true);
  assertEquals(backlog.add(), undefined);
});

Deno.test("who waits for room waits no longer when there may be more of them", async () => {
  const backlog = new Backlog();
  backlog.limit(1);
  const room = backlog.add()!;
  backlog.limit(Infinity);
  await room;
  for (let i = 0; i < 100; i++) assertEquals(backlog.add(), undefined);
});

Deno.test("what is said to have begun twice makes no room for more than there is", () => {
  const backlog = new Backlog();
  backlog.limit(2);
  backlog.begin(5);
  assertEquals(backlog.add(), undefined);
  assertEquals(backlog.add() instanceof Promise, true);
});

Deno.test("only a load without a limit of its own is held back, and the less the more workers there are", () => {
  const most = (load: LoadPlan, workers = 1) => mostWaiting(phasePlanOf({ load }), workers);
  assertEquals(most(openLoad(10)), MOST_PER_WORKER);
  assertEquals(most(openLoad(10), 8), 8 * MOST_PER_WORKER);
  assertEquals(most(traceLoad()), MOST_PER_WORKER);
  assertEquals(most({ kind: "user_centric", users: 5, ratePerSecond: 10 }, 2), 2 * MOST_PER_WORKER);
  assertEquals(most(closedLoad(100_000)), Infinity);
});
