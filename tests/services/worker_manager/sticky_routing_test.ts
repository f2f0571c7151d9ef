import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Credit } from "../../../common/model/credit.ts";
import { WorkerRouter } from "../../../services/worker_manager/routing.ts";

function credit(id: number, change: Partial<Credit>): Credit {
  return {
    id,
    phase: "profiling",
    index: id,
    conversationIndex: 0,
    turnIndex: 0,
    sessionIndex: 0,
    isLastTurn: false,
    cancelAfterNs: null,
    dueNs: 0,
    issuedNs: 0,
    ...change,
  };
}

function routerOf(...workerIds: string[]): WorkerRouter {
  const router = new WorkerRouter();
  for (const id of workerIds) router.join(id);
  return router;
}

Deno.test("the turns of a session go to the worker of the first, however busy it is", () => {
  const router = routerOf("a", "b");
  assertEquals(router.assign(credit(0, { sessionIndex: 0 })), "a");
  router.release(0);
  for (const id of [1, 2, 3, 4]) {
    router.assign(credit(id, { sessionIndex: id, isLastTurn: true }));
  }
  router.release(1);
  assertEquals(router.assign(credit(5, { sessionIndex: 0, turnIndex: 1 })), "a");
  router.release(5);
  assertEquals(router.assign(credit(6, { turnIndex: 2, isLastTurn: true })), "a");
  assertEquals(router.openSessions, 0);
});

Deno.test("new sessions are spread by the sessions that are open", () => {
  const router = routerOf("a", "b");
  router.assign(credit(0, { sessionIndex: 0 }));
  router.release(0);
  router.assign(credit(1, { sessionIndex: 1, isLastTurn: true }));
  router.release(1);
  // Both are idle and "a" has waited longer, but it has a session that will come back.
  assertEquals(router.assign(credit(2, { sessionIndex: 2 })), "b");
});

Deno.test("the session of a worker that is gone goes nowhere, and others go on", () => {
  const router = routerOf("a", "b");
  router.assign(credit(0, { sessionIndex: 0 }));
  router.assign(credit(1, { sessionIndex: 1 }));
  assertEquals(router.leave("a").map(({ id }) => id), [0]);
  router.release(1);
  assertEquals(router.assign(credit(2, { sessionIndex: 0, turnIndex: 1 })), null);
  assertEquals(router.assign(credit(3, { sessionIndex: 1, turnIndex: 1 })), "b");
  assertEquals(router.assign(credit(4, { sessionIndex: 9, turnIndex: 1 })), null);
  assertEquals(router.inFlight, 1);
});

Deno.test("a session ends with the turn that fails", () => {
  for (const outcome of ["error", "cancelled", "lost"] as const) {
    const router = routerOf("a");
    router.assign(credit(0, { sessionIndex: 0 }));
    router.release(0, outcome);
    assertEquals(router.openSessions, 0);
  }
});

Deno.test("what the warm-up left open is forgotten when the next phase begins", () => {
  const router = routerOf("a", "b");
  for (const id of [0, 1, 2]) {
    router.assign(credit(id, { sessionIndex: id, phase: "warmup" }));
    router.release(id);
  }
  assertEquals(router.openSessions, 3);
  assertEquals(router.assign(credit(3, { sessionIndex: 7, isLastTurn: true })), "b");
  assertEquals(router.openSessions, 0);
  assertEquals(router.assign(credit(4, { sessionIndex: 1, turnIndex: 1 })), null);
});

Deno.test("whatever happens, a session stays with its worker and none is kept too long", () => {
  const step = fc.record({
    kind: fc.constantFrom("begin", "begin", "next", "next", "next", "fail", "leave", "join"),
    pick: fc.nat(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const router = routerOf("w", "v");
    /** Sessions between two turns, each with its worker; null when that is gone. */
    const open = new Map<number, { worker: string | null; turns: number }>();
    steps.forEach(({ kind, pick }, id) => {
      const sessionIndex = [...open.keys()][pick % (open.size || 1)];
      const session = sessionIndex === undefined ? undefined : open.get(sessionIndex)!;
      if (kind === "join") router.join(`w${id}`);
      if (kind === "leave" && router.workerIds.length > 0) {
        const workerId = router.workerIds[pick % router.workerIds.length]!;
        assertEquals(router.leave(workerId), []);
        for (const other of open.values()) if (other.worker === workerId) other.worker = null;
      }
      if (kind === "begin") {
        const isLastTurn = pick % 3 === 0;
        const worker = router.assign(credit(id, { sessionIndex: id, isLastTurn }));
        assertEquals(worker === null, router.workerIds.length === 0);
        if (worker !== null) assertEquals(router.release(id)?.id, id);
        if (worker !== null && !isLastTurn) open.set(id, { worker, turns: 1 });
      }
      if ((kind === "next" || kind === "fail") && session) {
        const isLastTurn = pick % 4 === 0;
        const turn = { sessionIndex: sessionIndex!, turnIndex: session.turns++, isLastTurn };
        assertEquals(router.assign(credit(id, turn)), session.worker);
        const outcome = kind === "fail" ? "error" : "success";
        assertEquals(router.release(id, outcome) !== null, session.worker !== null);
        if (isLastTurn || (kind === "fail" && session.worker)) open.delete(sessionIndex!);
      }
      assertEquals(router.openSessions, open.size);
      assertEquals(router.inFlight, 0);
    });
  }));
});
