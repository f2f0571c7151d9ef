import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Credit } from "../../../common/model/credit.ts";
import { WorkerRouter } from "../../../services/worker_manager/routing.ts";

function credit(id: number): Credit {
  return {
    id,
    phase: "profiling",
    index: id,
    conversationIndex: id,
    turnIndex: 0,
    sessionIndex: 0,
    isLastTurn: true,
    cancelAfterNs: null,
    dueNs: 0,
    issuedNs: 0,
  };
}

function routerOf(...workerIds: string[]): WorkerRouter {
  const router = new WorkerRouter();
  for (const id of workerIds) router.join(id);
  return router;
}

Deno.test("equally loaded workers take turns", () => {
  const router = routerOf("a", "b", "c");
  assertEquals([0, 1, 2, 3, 4, 5].map((id) => router.assign(credit(id))), [..."abcabc"]);
});

Deno.test("idle workers take turns even when every credit comes back at once", () => {
  const router = routerOf("a", "b", "c");
  const chosen = [0, 1, 2, 3].map((id) => {
    const worker = router.assign(credit(id));
    router.release(id);
    return worker;
  });
  assertEquals(chosen, [..."abca"]);
});

Deno.test("the worker with the fewest credits in flight gets the next one", () => {
  const router = routerOf("a", "b");
  for (let id = 0; id < 6; id++) router.assign(credit(id));
  router.release(1);
  router.release(3);
  assertEquals([6, 7, 8].map((id) => router.assign(credit(id))), [..."bba"]);
});

Deno.test("a worker that joins later is filled up first", () => {
  const router = routerOf("a");
  for (let id = 0; id < 3; id++) router.assign(credit(id));
  router.join("b");
  assertEquals([3, 4, 5, 6].map((id) => router.assign(credit(id))), [..."bbba"]);
});

Deno.test("the credits of a worker that leaves are handed back, oldest first", () => {
  const router = routerOf("a", "b");
  for (let id = 0; id < 6; id++) router.assign(credit(id));
  router.release(2);
  assertEquals(router.leave("a"), [credit(0), credit(4)]);
  assertEquals(router.inFlight, 3);
  assertEquals(router.release(0), null);
  assertEquals(router.assign(credit(6)), "b");
  assertEquals(router.leave("a"), []);
  assertEquals(router.workerIds, ["b"]);
});

Deno.test("without workers a credit finds no place", () => {
  const router = routerOf("a");
  router.leave("a");
  assertEquals(router.assign(credit(0)), null);
  assertEquals(router.inFlight, 0);
});

Deno.test("a credit is released once, and only if it was handed out", () => {
  const router = routerOf("a");
  router.assign(credit(0));
  assertEquals([0, 0, 9].map((id) => router.release(id)?.id ?? null), [0, null, null]);
  assertEquals(router.load("a"), 0);
});

Deno.test("what would lose track of credits is refused", () => {
  const router = routerOf("a");
  assertThrows(() => router.join("a"), Error, "a has joined already");
  router.assign(credit(0));
  assertThrows(() => router.assign(credit(0)), Error, "credit 0 is in flight already");
});

Deno.test("whatever happens, a credit goes to a least loaded worker and none is forgotten", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant({ kind: "assign" as const, pick: 0 }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ kind: "join" as const, pick: 0 }) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const router = routerOf("w0");
    const held = new Map<number, string>();
    const at = <T>(items: T[], pick: number) => items[pick % items.length];
    steps.forEach(({ kind, pick }, n) => {
      if (kind === "join") router.join(`w${n + 1}`);
      if (kind === "assign") {
        const least = Math.min(...router.workerIds.map((id) => router.load(id)));
        const loads = new Map(router.workerIds.map((id) => [id, router.load(id)]));
        const worker = router.assign(credit(n));
        if (worker === null) return assertEquals(loads.size, 0);
        assertEquals(loads.get(worker), least);
        held.set(n, worker);
      }
      const creditId = at([...held.keys()], pick);
      if (kind === "release" && creditId !== undefined) {
        assert(router.release(creditId));
        held.delete(creditId);
      }
      const workerId = at(router.workerIds, pick);
      if (kind === "leave" && workerId !== undefined) {
        const expected = [...held].filter(([, holder]) => holder === workerId).map(([id]) => id);
        assertEquals(router.leave(workerId).map(({ id }) => id), expected);
        for (const id of expected) held.delete(id);
      }
      assertEquals(router.inFlight, held.size);
    });
  }));
});
