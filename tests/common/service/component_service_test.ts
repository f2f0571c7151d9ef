import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandOf, MessageOf } from "../../../common/comms/messages.ts";
import { ComponentService, OrphanedError } from "../../../common/service/component_service.ts";
import {
  type Configuration,
  every,
  onCleanup,
  onCommand,
  onConfigure,
  onInit,
  onMessage,
  onStart,
  onStop,
} from "../../../common/service/hooks.ts";
import { IllegalTransitionError } from "../../../common/service/lifecycle.ts";
import { CommandFailedError } from "../../../common/service/peer.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { ComponentHarness, ServiceHarness } from "../../helpers/service_harness.ts";

type Step = "init" | "configure" | "start" | "stop" | "cleanup" | "message" | "tick";

/** A component that keeps a diary and does in each step what a test says. */
class Diarist extends ComponentService {
  readonly diary: string[] = [];
  readonly does = new Map<Step, () => void | Promise<void>>();

  @onInit
  protected init(): void | Promise<void> {
    return this.#step("init");
  }

  @onConfigure
  protected prepare({ config }: Configuration): void | Promise<void> {
    this.diary.push(config.endpoint.model);
    return this.#step("configure");
  }

  @onConfigure
  protected prepareMore(): void {
    this.diary.push("more");
  }

  @onStart
  protected begin(): void | Promise<void> {
    return this.#step("start");
  }

  @onStop
  protected end(): void | Promise<void> {
    return this.#step("stop");
  }

  @onCleanup
  protected free(): void | Promise<void> {
    return this.#step("cleanup");
  }

  @onMessage("phase_started")
  protected note({ phase }: MessageOf<"phase_started">): void | Promise<void> {
    this.diary.push(phase);
    return this.#step("message");
  }

  @onCommand("get_conversations")
  protected find({ indexes }: CommandOf<"get_conversations">): number[] {
    if (indexes.length === 0) throw new RangeError("Cannot find nothing");
    return indexes.map((index) => index * 2);
  }

  @every(100)
  protected tick(): void | Promise<void> {
    return this.#step("tick");
  }

  #step(step: Step): void | Promise<void> {
    this.diary.push(step);
    return this.does.get(step)?.();
  }
}

function up(): Promise<ComponentHarness<Diarist>> {
  return ComponentHarness.up((context) => new Diarist(context), {
    type: "dataset_manager",
    logLevel: "INFO",
  });
}

const PHASE_STARTED = {
  type: "phase_started",
  phase: "profiling",
  startNs: 0,
  plannedRequests: null,
  plannedDurationMs: null,
} as const;

Deno.test("a component says hello and subscribes to what its hooks take", async () => {
  await using test = await up();
  const hello = await test.controller.next("hello");
  assertEquals([hello.serviceType, hello.serviceId], ["dataset_manager", "dataset_manager"]);
  const { topics } = await test.controller.next("subscribe");
  assertEquals(topics, ["phase_started"]);
});

Deno.test("a component goes through its life as it is commanded, and tells its states", async () => {
  await using test = await up();
  await test.configure({ endpoint: { ...modelEndpoint("m1") } });
  await test.start();
  await test.publish(PHASE_STARTED);
  await test.stop();
  assertEquals(await test.ended, null);
  await test.service.cleanup();
  assertEquals(test.service.diary, [
    "init",
    "m1",
    "configure",
    "more",
    "start",
    "profiling",
    "message",
    "stop",
    "cleanup",
  ]);
  assertEquals(test.states, [
    "configuring",
    "configured",
    "starting",
    "running",
    "stopping",
    "stopped",
  ]);
  assertEquals(test.service.hasFailed, false);
});

function modelEndpoint(model: string): Configuration["config"]["endpoint"] {
  return endpointPlanOf({ model });
}

Deno.test("commands are answered with what their hook returns, or with its error", async () => {
  await using test = await up();
  const { controller } = test;
  assertEquals(await controller.ask({ kind: "get_conversations", indexes: [1, 2] }), [2, 4]);
  await assertRejects(
    () => controller.ask({ kind: "get_conversations", indexes: [] }),
    CommandFailedError,
    "Cannot find nothing",
  );
  await assertRejects(
    () => controller.ask({ kind: "write_inputs" }),
    CommandFailedError,
    'Cannot do "write_inputs": dataset_manager has no such command',
  );
  assertEquals(test.service.state, "initialized");
});

Deno.test("a command that makes no sense is answered, so that nobody waits for it", async () => {
  await using test = await up();
  const { controller } = test;
  await assertRejects(
    () => controller.ask({ kind: "cancel_run", graceMs: Infinity }),
    CommandFailedError,
    'Cannot use the message "command": command.graceMs must be of type number',
  );
  assert(test.logged("Dropped a message from controller: Cannot use the message"));
});

Deno.test("what comes in the wrong order is refused and changes nothing", async () => {
  await using test = await up();
  await assertRejects(
    () => test.start(),
    CommandFailedError,
    'Cannot move service "dataset_manager" from initialized to starting',
  );
  assertEquals(test.service.state, "initialized");
  await test.configure();
  await assertRejects(() => test.configure(), CommandFailedError, "from configured to configuring");
  await test.start();
});

for (const step of ["configure", "start", "stop"] as const) {
  Deno.test(`an error while it should ${step} fails the service and reaches the controller`, async () => {
    await using test = await up();
    test.service.does.set(step, () => Promise.reject(new Error("no disk")));
    const act = async () => {
      await test.configure();
      await test.start();
      await test.stop();
    };
    await assertRejects(act, CommandFailedError, "no disk");
    assertEquals(test.service.state, "failed");
    assertEquals(test.service.hasFailed, true);
    assertEquals(test.controller.of("failure"), [
      { type: "failure", serviceId: "dataset_manager", cause: "no disk" },
    ]);
    if (step === "stop") assertEquals(await test.ended, null);
    else await test.stop();
    assertEquals(await test.ended, null);
    assertEquals(test.service.hasFailed, true);
  });
}

for (const how of ["throws", "rejects"] as const) {
  Deno.test(`a message hook that ${how} fails the service; later messages still arrive`, async () => {
    await using test = await up();
    await test.configure();
    await test.start();
    test.service.does.set("message", () => {
      if (how === "rejects") return Promise.reject(new Error("oh"));
      throw new Error("oh");
    });
    await test.publish(PHASE_STARTED);
    await test.publish(PHASE_STARTED);
    const failure = await test.controller.next("failure");
    assertEquals(failure.cause, "oh");
    assertEquals(test.service.diary.filter((entry) => entry === "message").length, 2);
    await test.stop();
  });
}

Deno.test("a component shows its name and stands back once it has said that it is configured, and not again", async () => {
  const done: string[] = [];
  const does = (what: string) => () => Promise.resolve(void done.push(what));
  const ports = { showName: does("name"), standBack: does("back") };
  await using test = await ComponentHarness.up(
    (context) => new Diarist({ ...context, ...ports }),
    { type: "dataset_manager" },
  );
  assertEquals(done, []);
  await test.configure();
  await test.start();
  assertEquals(done, ["name", "back"]);
});

Deno.test("a stop in the middle of configuring ends the service without a failure", async () => {
  await using test = await up();
  const gate = Promise.withResolvers<void>();
  test.service.does.set("configure", () => gate.promise);
  const configured = test.configure();
  await test.controller.next("status");
  await test.stop();
  assertEquals(test.service.state, "stopped");
  gate.resolve();
  await configured.catch(() => {});
  assertEquals(test.service.diary.includes("more"), false);
  assertEquals(test.service.state, "stopped");
  assertEquals(await test.ended, null);
});

Deno.test("what a stop breaks in a stage that it cut short is no failure", async () => {
  await using test = await up();
  const gate = Promise.withResolvers<void>();
  test.service.does.set("start", () => gate.promise);
  await test.configure();
  const begun = assertRejects(() => test.start(), CommandFailedError, "cut off");
  await test.controller.until(() => test.states.includes("starting"));
  await test.stop();
  gate.reject(new Error("cut off"));
  await begun;
  assertEquals(test.controller.of("failure"), []);
  assertEquals(test.service.hasFailed, false);
  assert(test.logged("Was cut short while starting: cut off"));
});

Deno.test("a second stop waits for the first", async () => {
  await using test = await up();
  const gate = Promise.withResolvers<void>();
  test.service.does.set("stop", () => gate.promise);
  let stops = 0;
  const stopped = [1, 2].map(() => test.stop().then(() => stops++));
  await test.controller.next("status");
  await settle();
  assertEquals(stops, 0);
  gate.resolve();
  await Promise.all(stopped);
  assertEquals(test.service.diary.filter((entry) => entry === "stop").length, 1);
  assertEquals(await test.ended, null);
});

Deno.test("a component whose controller goes away ends as an orphan", async () => {
  await using test = await up();
  await test.controller.close();
  const error = await test.ended;
  assert(error instanceof OrphanedError);
  assertEquals(error?.message, "The controller is gone");
});

Deno.test("a component that finds no controller ends as an orphan", async () => {
  await using test = new ServiceHarness((context) => new Diarist(context), {
    type: "dataset_manager",
  });
  await test.service.initialize();
  await assertRejects(
    () => test.service.run(),
    OrphanedError,
    'Cannot reach the controller: Cannot connect to "bus": nobody listens there',
  );
});

Deno.test("a component that the controller refuses says why, and is no orphan", async () => {
  await using test = await up();
  test.controller.send({ type: "failure", serviceId: "controller", cause: "wrong token" });
  await test.controller.close();
  const error = await test.ended;
  assertEquals(error instanceof OrphanedError, false);
  assertEquals(error?.message, "controller: wrong token");
});

Deno.test("a sign of life goes out every second, with CPU time and memory", async () => {
  await using test = await up();
  const startNs = test.clock.nowNs();
  await test.clock.advance(3_500);
  const beats = test.controller.of("heartbeat");
  assertEquals(beats.map(({ atNs }) => (atNs - startNs) / 1e6), [1_000, 2_000, 3_000]);
  assert(beats[0]!.rssBytes > 1e6);
  assert(beats[0]!.cpuMs > 0 && beats[2]!.cpuMs >= beats[0]!.cpuMs);
  assertEquals(beats[0]!.lags, []);
});

Deno.test("a service that is asked for a sign of life gives it before it answers", async () => {
  await using test = await up();
  await test.controller.ask({ kind: "beat" });
  assertEquals(test.controller.of("heartbeat").length, 1);
});

Deno.test("periodic work does not pile up behind a slow run, and ends with the service", async () => {
  await using test = await up();
  const gate = Promise.withResolvers<void>();
  const ticks = () => test.service.diary.filter((entry) => entry === "tick").length;
  test.service.does.set("tick", () => gate.promise);
  await test.clock.advance(1_000);
  assertEquals(ticks(), 1);
  test.service.does.delete("tick");
  gate.resolve();
  await test.clock.advance(500);
  assertEquals(ticks(), 6);
  await test.service.cleanup();
  await test.clock.advance(1_000);
  assertEquals(ticks(), 6);
});

Deno.test("periodic work that fails is told once and not tried again; the heart goes on", async () => {
  await using test = await up();
  test.service.does.set("tick", () => {
    throw new Error("no tick");
  });
  await test.clock.advance(2_500);
  assertEquals(test.controller.of("failure").map(({ cause }) => cause), ["no tick"]);
  assertEquals(test.controller.of("heartbeat").length, 2);
});

Deno.test("what fails in cleaning up is logged and the rest goes on", async () => {
  await using test = await up();
  test.service.does.set("cleanup", () => Promise.reject(new Error("stuck")));
  await test.service.cleanup();
  assert(test.logged("Cannot clean up: stuck"));
  await test.controller.channel.closed;
});

Deno.test("a service cannot be stopped before it has begun", async () => {
  await using test = new ComponentHarness((context) => new Diarist(context), {
    type: "dataset_manager",
  });
  await assertRejects(() => test.service.stop(), IllegalTransitionError);
  await test.service.initialize();
  await test.service.stop();
  assertEquals(test.service.state, "stopped");
});
