import { assertEquals } from "@std/assert";
import {
  createEarlySampler,
  sessionsWithoutWrap,
} from "../../../services/timing_manager/early_sampler.ts";

Deno.test("entries that are not to be used again limit the sessions, once all are known", () => {
  const plan = { entries: 5, sampling: "sequential", seed: 1 } as const;
  const known = { count: 3, isFinal: false, whenMore: () => Promise.resolve() };
  assertEquals(sessionsWithoutWrap(plan), Infinity);
  assertEquals(sessionsWithoutWrap({ ...plan, wraps: true, known }), Infinity);
  assertEquals(sessionsWithoutWrap({ ...plan, wraps: false }), 5);
  assertEquals(sessionsWithoutWrap({ ...plan, wraps: false, known }), Infinity);
  known.isFinal = true;
  assertEquals(sessionsWithoutWrap({ ...plan, wraps: false, known }), 3);
});

Deno.test("an order that begins early goes no further than what is known", () => {
  const known = { count: 3, isFinal: false, whenMore: () => Promise.resolve() };
  const plan = { entries: 3, sampling: "sequential", seed: 1, known } as const;
  const choose = createEarlySampler(plan, "profiling");
  assertEquals([0, 2, 3, 4].map(choose), [0, 2, null, null]);
  known.count = 4;
  assertEquals([3, 4].map(choose), [3, null]);
  known.isFinal = true;
  assertEquals([3, 4, 9].map(choose), [3, 0, 1]);
});
