import { assertEquals } from "@std/assert";
import { sessionsAtStart } from "../../../common/model/phase_start.ts";
import { closedLoad, openLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";

Deno.test("the slots of a closed loop begin together, as far as there are requests for them", () => {
  const load = closedLoad(8);
  assertEquals(sessionsAtStart(phasePlanOf({ load })), 8);
  assertEquals(sessionsAtStart(phasePlanOf({ load, maxRequests: 5 })), 5);
  assertEquals(sessionsAtStart(phasePlanOf({ load, maxRequests: 5, maxSessions: 3 })), 3);
  assertEquals(sessionsAtStart(phasePlanOf({ load: closedLoad(8, 1_000) })), 1);
});

Deno.test("what has due times of its own does not begin together", () => {
  const plans = [openLoad(5), traceLoad()].map((load) => phasePlanOf({ load }));
  assertEquals(plans.map(sessionsAtStart), [0, 0]);
});
