import { assertEquals } from "@std/assert";
import { createSampler } from "../../../common/model/sampler.ts";
import type { DatasetPlan, PhasePlan } from "../../../common/model/run_config.ts";
import { SessionOrder } from "../../../services/worker/session_order.ts";
import { datasetPlanOf } from "../../helpers/dataset_plan.ts";
import { phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

async function orderOf(
  size: { entries: number; isComplete: boolean },
  dataset: Partial<DatasetPlan> = {},
  phases: PhasePlan[] = [phasePlanOf({ phase: "warmup" }), phasePlanOf()],
): Promise<SessionOrder> {
  const order = new SessionOrder({
    config: { dataset: datasetPlanOf(dataset), phases },
    learn: () => Promise.resolve({ ...size }),
  });
  await order.learn();
  return order;
}

Deno.test("of a whole data set the order is that of the sampling", async () => {
  for (const sampling of ["sequential", "random", "shuffle"] as const) {
    const order = await orderOf({ entries: 7, isComplete: true }, { sampling, seed: 3 });
    for (const phase of ["warmup", "profiling"] as const) {
      const sample = createSampler({ entries: 7, sampling, seed: 3 }, phase);
      for (let place = 0; place < 30; place++) {
        assertEquals(order.conversationAt(phase, place), sample(place));
      }
    }
  }
});

Deno.test("while a data set is looked through, only what is known is told, and it is asked again", async () => {
  const size = { entries: 3, isComplete: false };
  const order = await orderOf(size);
  const places = (count: number) =>
    Array.from({ length: count }, (_, i) => order.conversationAt("profiling", i));
  assertEquals(places(4), [0, 1, 2, null]);
  assertEquals(order.conversationAt("warmup", 0), null);
  const answered = () => new Promise((resolve) => setTimeout(resolve, 0));
  await answered();
  Object.assign(size, { entries: 5, isComplete: true });
  order.conversationAt("profiling", 9);
  await answered();
  assertEquals(places(6), [0, 1, 2, 3, 4, 0]);
  const shuffled = await orderOf({ entries: 3, isComplete: false }, { sampling: "shuffle" });
  assertEquals(shuffled.conversationAt("profiling", 0), null);
});

Deno.test("a trace is followed by its conversations, to its end", async () => {
  const phases = [phasePlanOf({ load: traceLoad() })];
  const order = await orderOf({ entries: 3, isComplete: true }, {}, phases);
  const credit = { phase: "profiling", sessionIndex: 9, conversationIndex: 1 } as const;
  assertEquals(order.placeOf(credit), 1);
  assertEquals(order.placeOf({ ...credit, phase: "warmup" }), 9);
  assertEquals([2, 3].map((place) => order.conversationAt("profiling", place)), [2, null]);
});

Deno.test("nothing is told of sessions that a phase will not have", async () => {
  const known = async (plan: Partial<PhasePlan>) => {
    const order = await orderOf({ entries: 9, isComplete: true }, {}, [phasePlanOf(plan)]);
    return [0, 1, 2, 3, 4].map((place) => order.conversationAt("profiling", place) !== null);
  };
  const all = [true, true, true, true, true];
  const three = [true, true, true, false, false];
  assertEquals(await known({ maxRequests: null, maxSessions: null }), all);
  assertEquals(await known({ maxRequests: 3, maxSessions: null }), three);
  assertEquals(await known({ maxRequests: null, maxSessions: 3 }), three);
  assertEquals(await known({ maxRequests: 3, maxSessions: 4 }), three);
  assertEquals(await known({ load: traceLoad(), maxRequests: 3 }), all);
  const users = { kind: "user_centric", users: 2, ratePerSecond: 1 } as const;
  assertEquals(await known({ load: users, maxRequests: 3 }), all);
});
