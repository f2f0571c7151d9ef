// Real processes over real sockets: each test starts a child that plays one fault.
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hello } from "../../../common/comms/messages.ts";
import { UnixTransport } from "../../../common/comms/unix_transport.ts";
import { spawnChild } from "../../../common/runtime/child_process.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import { Logger } from "../../../common/runtime/log.ts";
import { makeRunDir, removeRunDir } from "../../../common/runtime/run_dir.ts";
import { ControllerService } from "../../../common/service/controller_service.ts";
import { onInit } from "../../../common/service/hooks.ts";
import type { Peer } from "../../../common/service/peer.ts";
import {
  ProcessSupervisor,
  ServiceStartError,
} from "../../../common/service/process_supervisor.ts";

const CHILD = new URL("../../fixtures/children/faulty_service.ts", import.meta.url);
const COMMAND = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", CHILD.pathname];
const TOKEN = "token-of-the-run";

/** A controller that starts children and keeps what becomes of them. */
class Parent extends ControllerService implements AsyncDisposable {
  readonly lines: string[];
  readonly unexpected: string[] = [];
  readonly runDir: string;
  readonly supervisor: ProcessSupervisor;

  constructor(startTimeoutMs: number) {
    const runDir = makeRunDir(null);
    const lines: string[] = [];
    super({
      type: "system_controller",
      id: "controller",
      transport: new UnixTransport(runDir),
      token: TOKEN,
      clock: new SystemClock(Date.now()),
      log: new Logger({ serviceId: "controller", level: "INFO", sink: (l) => lines.push(l) }),
      init: {},
    });
    this.runDir = runDir;
    this.lines = lines;
    this.supervisor = new ProcessSupervisor({
      clock: this.clock,
      spawn: (spec) => spawnChild(spec, COMMAND),
      common: {
        runDir,
        token: TOKEN,
        epochUnixMs: Date.now(),
        logLevel: "INFO",
        onLine: (line) => void lines.push(line),
      },
      onUnexpectedExit: (id, reason) => void this.unexpected.push(`${id} ${reason}`),
      startTimeoutMs,
    });
  }

  static async up(startTimeoutMs = 60_000): Promise<Parent> {
    const parent = new Parent(startTimeoutMs);
    await parent.initialize();
    return parent;
  }

  override run(): Promise<void> {
    return Promise.resolve();
  }

  @onInit
  protected open(): void {
    this.listen();
  }

  spawn(fault: string): Promise<void> {
    return this.supervisor.start("worker", "worker_1", { fault });
  }

  get child(): Peer {
    return [...this.peers][0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.supervisor.killAll();
    await this.supervisor.stopAll(0);
    await this.cleanup();
    removeRunDir(this.runDir);
  }

  protected override peerJoined(peer: Peer): void {
    super.peerJoined(peer);
    this.supervisor.confirm(peer.id);
  }

  protected override peerRefused(hello: Hello | null, reason: string): void {
    super.peerRefused(hello, reason);
    if (hello) this.supervisor.refuse(hello.serviceId, reason);
  }
}

async function failsToStart(fault: string, message: string, startTimeoutMs?: number) {
  await using parent = await Parent.up(startTimeoutMs);
  await assertRejects(() => parent.spawn(fault), ServiceStartError, message);
  await parent.supervisor.stopAll(60_000);
  assertEquals(parent.supervisor.running, []);
  assertEquals(parent.unexpected, []);
  return parent.lines;
}

Deno.test("a child starts, is commanded and stops with its socket and process gone", async () => {
  await using parent = await Parent.up();
  await parent.spawn("none");
  assertEquals(await parent.child.request({ kind: "stop" }, 60_000), null);
  parent.supervisor.expectExits();
  assertEquals(await parent.supervisor.stopAll(60_000), []);
  assertEquals(parent.unexpected, []);
  assert(parent.lines.some((line) => line.endsWith("INFO     worker_1 Gave back what it held")));
  // The parent's folder is the parent's to remove.
  assert((await Deno.stat(parent.runDir)).isDirectory);
});

Deno.test("a child leaves signals to its controller, which asks it to stop in order", async () => {
  await using parent = await Parent.up();
  await parent.spawn("none");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.kill(parent.child.pid!, signal);
  }
  assertEquals(await parent.child.request({ kind: "stop" }, 60_000), null);
  assertEquals(parent.unexpected, []);
  parent.supervisor.expectExits();
  assertEquals(await parent.supervisor.stopAll(60_000), []);
});

Deno.test("a child that exits early is told with its exit code and its last complaint", async () => {
  await failsToStart(
    "exits_early",
    "Cannot start worker_1: it exited with code 3 (Cannot go on, I am faulty) " +
      "before it said hello",
  );
});

Deno.test("a child that cannot initialize is told with what it logged", async () => {
  await failsToStart(
    "fails_to_initialize",
    "Cannot start worker_1: it exited with code 1 (Cannot find my shoes) before it said hello",
  );
});

Deno.test("a child of another version is refused with both versions", async () => {
  const lines = await failsToStart(
    "wrong_version",
    "Cannot use worker_1: worker_1 speaks protocol 2, this aiperf speaks 1: are two versions mixed?",
  );
  assert(lines.some((line) => line.includes("WARNING  controller Refused a connection: worker_1")));
});

Deno.test("a child that does not know the run's token is refused", async () => {
  await failsToStart("wrong_token", 'Cannot use worker_1: "worker_1" has a wrong token');
});

Deno.test("a child that never says hello is killed when its time is up", async () => {
  await failsToStart(
    "never_says_hello",
    "Cannot start worker_1: it did not say hello within 0.05 s",
    50,
  );
});

Deno.test("garbage on the bus is refused with a word on it, and harms nobody else", async () => {
  await using parent = await Parent.up();
  const bad = parent.spawn("writes_garbage").catch(() => {});
  await parent.supervisor.start("worker", "worker_2", { fault: "none" });
  while (!parent.lines.some((line) => line.includes("Cannot take a frame of"))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(await parent.child.request({ kind: "stop" }, 60_000), null);
  parent.supervisor.killAll();
  await bad;
});

Deno.test("a child that floods its stderr starts, and every byte is drained", async () => {
  await using parent = await Parent.up();
  await parent.spawn("floods_stderr");
  parent.supervisor.killAll();
  await parent.supervisor.stopAll(60_000);
  assertEquals(parent.lines.filter((line) => line === "the last line").length, 1);
  const flood = parent.lines.filter((line) => /^x+$/.test(line));
  assertEquals(flood.join("").length, 50 * 99_999);
  assert(Math.max(...flood.map(({ length }) => length)) <= 200_000);
});

Deno.test("a child that crashes is reported with its error", async () => {
  await using parent = await Parent.up();
  await parent.spawn("crashes");
  while (parent.unexpected.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(parent.unexpected, ["worker_1 exited with code 1 (TypeError: I am faulty)"]);
});

Deno.test("a child that ignores the request to stop is killed", async () => {
  await using parent = await Parent.up();
  await parent.spawn("ignores_stop");
  await assertRejects(
    () => parent.child.request({ kind: "stop" }, 50),
    Error,
    'worker_1 did not answer "stop" within 50 ms',
  );
  assertEquals(await parent.supervisor.stopAll(50), ["worker_1"]);
  assertEquals(parent.unexpected, []);
});

for (const fault of ["none", "hangs_in_cleanup"]) {
  Deno.test(`a child whose controller is gone ends itself and clears up (${fault})`, async () => {
    await using parent = await Parent.up();
    await parent.spawn(fault);
    parent.supervisor.expectExits();
    await parent.cleanup();
    assertEquals(await parent.supervisor.stopAll(60_000), []);
    await assertRejects(() => Deno.stat(parent.runDir), Deno.errors.NotFound);
    assert(parent.lines.some((line) => line.endsWith("ERROR    worker_1 The controller is gone")));
  });
}

Deno.test("a child that is refused leaves the run's folder alone", async () => {
  await using parent = await Parent.up();
  await parent.spawn("none");
  const twin = spawnChild({
    type: "worker",
    id: "worker_1",
    init: {},
    runDir: parent.runDir,
    token: "guess",
    epochUnixMs: Date.now(),
    logLevel: "INFO",
    onLine: (line) => void parent.lines.push(line),
  }, COMMAND);
  assertEquals(
    await twin.exited,
    'exited with code 1 (controller: The connection is refused: "worker_1" has a wrong token)',
  );
  assert((await Deno.stat(parent.runDir)).isDirectory);
});

Deno.test("a service that a person starts by hand says what to start instead", async () => {
  const [executable, ...args] = COMMAND;
  const child = { type: "worker", id: "worker_1", runDir: "/", epochUnixMs: 0, logLevel: "INFO" };
  const { code, stderr } = await new Deno.Command(executable!, {
    args: [...args, "--service", JSON.stringify({ ...child, init: {} })],
    stdin: "null",
  }).output();
  assertEquals(code, 2);
  assertEquals(
    new TextDecoder().decode(stderr),
    `The flag --service is for aiperf's own use: start "aiperf profile" instead\n`,
  );
});
