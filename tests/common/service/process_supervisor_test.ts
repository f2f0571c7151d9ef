import { assertEquals, assertRejects } from "@std/assert";
import type { Child, ChildSpec } from "../../../common/runtime/child_process.ts";
import {
  ProcessSupervisor,
  ServiceStartError,
} from "../../../common/service/process_supervisor.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";

/** A child process that does what a test says. */
class FakeChild implements Child {
  readonly pid = 4711;
  readonly exited: Promise<string>;
  readonly exit: (reason: string) => void;
  kills = 0;

  constructor(readonly spec: ChildSpec) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.exited = promise;
    this.exit = resolve;
  }

  kill(): void {
    this.kills++;
    this.exit("was ended by SIGKILL");
  }
}

interface Nursery {
  readonly clock: FakeClock;
  readonly supervisor: ProcessSupervisor;
  readonly children: FakeChild[];
  readonly unexpected: string[];
}

function nursery(spawn?: (spec: ChildSpec) => Child, startTimeoutMs?: number): Nursery {
  const clock = new FakeClock();
  const children: FakeChild[] = [];
  const unexpected: string[] = [];
  const supervisor = new ProcessSupervisor({
    clock,
    spawn: spawn ?? ((spec) => {
      const child = new FakeChild(spec);
      children.push(child);
      return child;
    }),
    common: { token: "t", runDir: "/r", epochUnixMs: 1, logLevel: "INFO", onLine: () => {} },
    onUnexpectedExit: (id, reason) => void unexpected.push(`${id} ${reason}`),
    ...startTimeoutMs !== undefined && { startTimeoutMs },
  });
  return { clock, supervisor, children, unexpected };
}

async function started(ids: string[]): Promise<Nursery> {
  const all = nursery();
  await Promise.all(ids.map((id) => {
    const start = all.supervisor.start("worker", id);
    all.supervisor.confirm(id);
    return start;
  }));
  return all;
}

Deno.test("a child is started with what it should know, and is up when it has said hello", async () => {
  const { supervisor, children, unexpected } = nursery();
  let isUp = false;
  const start = supervisor.start("worker", "worker_1", { a: 1 }).then(() => isUp = true);
  await settle();
  assertEquals(isUp, false);
  const { type, id, init, token, runDir } = children[0]!.spec;
  assertEquals({ type, id, init, token, runDir }, {
    type: "worker",
    id: "worker_1",
    init: { a: 1 },
    token: "t",
    runDir: "/r",
  });
  supervisor.confirm("worker_1");
  await start;
  assertEquals(supervisor.running, ["worker_1"]);
  assertEquals(unexpected, []);
});

Deno.test("a child that exits before its hello is told with how it exited", async () => {
  const { supervisor, children, unexpected } = nursery();
  const start = supervisor.start("worker", "worker_1");
  await settle();
  children[0]!.exit("exited with code 3");
  await assertRejects(
    () => start,
    ServiceStartError,
    "Cannot start worker_1: it exited with code 3 before it said hello",
  );
  assertEquals(supervisor.running, []);
  assertEquals(unexpected, []);
});

for (const [given, seconds] of [[2_000, 2], [undefined, 30]] as const) {
  Deno.test(`a child that never says hello is killed when its time is up, after ${seconds} s`, async () => {
    const { clock, supervisor, children } = nursery(undefined, given);
    const refused = assertRejects(
      () => supervisor.start("worker", "worker_1"),
      ServiceStartError,
      `Cannot start worker_1: it did not say hello within ${seconds} s`,
    );
    await clock.advance(seconds * 1_000 - 1);
    assertEquals(children[0]!.kills, 0);
    await clock.advance(1);
    await refused;
    assertEquals(children[0]!.kills, 1);
    await settle();
    assertEquals(supervisor.running, []);
  });
}

Deno.test("once a child has said hello, nobody watches the time any more", async () => {
  const { clock, supervisor } = nursery();
  const signals: AbortSignal[] = [];
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    signals.push(signal!);
    return sleep(ms, signal);
  };
  const start = supervisor.start("worker", "worker_1");
  supervisor.confirm("worker_1");
  await start;
  assertEquals(signals.map(({ aborted }) => aborted), [true]);
});

Deno.test("a child whose hello is refused is killed, with the reason told", async () => {
  const { supervisor, children } = nursery();
  const start = supervisor.start("worker", "worker_1");
  await settle();
  supervisor.refuse("worker_1", "worker_1 speaks protocol 2, this aiperf speaks 1");
  await assertRejects(
    () => start,
    ServiceStartError,
    "Cannot use worker_1: worker_1 speaks protocol 2, this aiperf speaks 1",
  );
  assertEquals(children[0]!.kills, 1);
});

Deno.test("a program that cannot be run is told with the reason", async () => {
  const { supervisor } = nursery(() => {
    throw new Error("Argument list too long");
  });
  await assertRejects(
    () => supervisor.start("worker", "worker_1"),
    ServiceStartError,
    "Cannot start worker_1: Argument list too long",
  );
  assertEquals(supervisor.running, []);
});

Deno.test("a child that ends unasked is reported once, one that was asked to is not", async () => {
  const { supervisor, children, unexpected } = await started(["worker_1", "worker_2"]);
  children[0]!.exit("was ended by SIGSEGV");
  await settle();
  assertEquals(unexpected, ["worker_1 was ended by SIGSEGV"]);
  assertEquals(supervisor.running, ["worker_2"]);
  supervisor.expectExits();
  children[1]!.exit("exited with code 0");
  await settle();
  assertEquals(unexpected.length, 1);
});

Deno.test("stopAll() waits for those that end by themselves", async () => {
  const { clock, supervisor, children } = await started(["worker_1", "worker_2"]);
  const stopped = supervisor.stopAll(1_000);
  await clock.advance(500);
  children[0]!.exit("exited with code 0");
  children[1]!.exit("exited with code 0");
  assertEquals(await stopped, []);
  assertEquals(children.map(({ kills }) => kills), [0, 0]);
});

Deno.test("stopAll() kills those that have not ended in time and names them", async () => {
  const { clock, supervisor, children, unexpected } = await started(["worker_1", "worker_2"]);
  const stopped = supervisor.stopAll(1_000);
  children[0]!.exit("exited with code 0");
  await clock.advance(999);
  assertEquals(children[1]!.kills, 0);
  await clock.advance(1);
  assertEquals(await stopped, ["worker_2"]);
  assertEquals(children.map(({ kills }) => kills), [0, 1]);
  assertEquals(unexpected, []);
});

Deno.test("stopAll() ends those at once that have not said hello, and whoever says it after that", async () => {
  const { supervisor, children } = nursery();
  for (const id of ["worker_1", "worker_2", "worker_3"]) {
    supervisor.start("worker", id).catch(() => {});
  }
  await settle();
  supervisor.confirm("worker_1");
  supervisor.expectExits();
  supervisor.confirm("worker_2");
  assertEquals(children.map(({ kills }) => kills), [0, 1, 0]);
  children[1]!.exit("was ended by SIGKILL");
  const stopped = supervisor.stopAll(1_000);
  assertEquals(children.map(({ kills }) => kills), [0, 1, 1]);
  children[2]!.exit("was ended by SIGKILL");
  children[0]!.exit("exited with code 0");
  assertEquals(await stopped, []);
});

Deno.test("no child is started while the others are stopped", async () => {
  for (const end of ["stopAll", "killAll", "expectExits"] as const) {
    const { supervisor, children } = nursery();
    await supervisor[end](0);
    await assertRejects(
      () => supervisor.start("worker", "worker_1"),
      ServiceStartError,
      "Cannot start worker_1: the run is ending",
    );
    assertEquals(children, []);
  }
});

Deno.test("nobody waits for ever for a child that cannot even be killed", async () => {
  const { supervisor, children, clock } = await started(["worker_1"]);
  children[0]!.kill = () => {};
  let ended: string[] | null = null;
  void supervisor.stopAll(1_000).then((killed) => ended = killed);
  await clock.advance(2_900);
  assertEquals(ended, null);
  await clock.advance(200);
  assertEquals(ended, ["worker_1"]);
  let isOver = false;
  void supervisor.kill("worker_1", "was silent").then(() => isOver = true);
  await clock.advance(2_100);
  assertEquals(isOver, true);
});

Deno.test("a start that is waiting ends when all are killed", async () => {
  const { supervisor } = nursery();
  const start = supervisor.start("worker", "worker_1");
  const refused = assertRejects(() => start, ServiceStartError, "it was ended by SIGKILL before");
  await settle();
  supervisor.killAll();
  await refused;
});

Deno.test("an id is in use until its child has ended", async () => {
  const { supervisor, children } = await started(["worker_1"]);
  await assertRejects(
    () => supervisor.start("worker", "worker_1"),
    ServiceStartError,
    "Cannot start worker_1: it runs already",
  );
  assertEquals(children.length, 1);
});

Deno.test("news of a child that nobody started is ignored", () => {
  const { supervisor } = nursery();
  supervisor.confirm("worker_9");
  supervisor.refuse("worker_9", "no");
  assertEquals(supervisor.running, []);
});

Deno.test("killing a child waits until it has ended, for the first reason that there was", async () => {
  const { supervisor, children, unexpected } = await started(["worker_1"]);
  const child = children[0]!;
  child.kill = () => void child.kills++;
  const over: string[] = [];
  const killing = ["was silent", "was in the way"].map((reason) =>
    supervisor.kill("worker_1", reason).then(() => over.push(reason))
  );
  await settle();
  assertEquals([child.kills, over], [2, []]);
  child.exit("was ended by SIGKILL");
  await Promise.all(killing);
  assertEquals(over, ["was silent", "was in the way"]);
  assertEquals(unexpected, ["worker_1 was silent"]);
});

Deno.test("a child that is killed for a reason is said to have ended for it", async () => {
  const { supervisor, unexpected } = await started(["worker_1"]);
  await supervisor.kill("worker_1", "was silent and got killed");
  await supervisor.kill("worker_2", "was never there");
  await settle();
  assertEquals(unexpected, ["worker_1 was silent and got killed"]);
  assertEquals(supervisor.running, []);
});
