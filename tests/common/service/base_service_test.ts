import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Channel } from "../../../common/comms/channel.ts";
import { FrameTooLargeError } from "../../../common/comms/frame.ts";
import { memoryChannelPair } from "../../../common/comms/memory_transport.ts";
import { logTextOf } from "../../../common/runtime/log.ts";
import { BaseService } from "../../../common/service/base_service.ts";
import { onInit } from "../../../common/service/hooks.ts";
import { CommandFailedError } from "../../../common/service/peer.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { FakePeer } from "../../helpers/fake_peer.ts";
import { type HarnessOptions, ServiceHarness } from "../../helpers/service_harness.ts";

/** A service that listens, and knows nothing but what all of them know. */
class Plain extends BaseService {
  override run(): Promise<void> {
    return Promise.resolve();
  }

  @onInit
  protected open(): void {
    this.listen();
  }
}

async function up(options: Partial<HarnessOptions> = {}): Promise<ServiceHarness<Plain>> {
  const test = new ServiceHarness((context) => new Plain(context), {
    type: "dataset_manager",
    ...options,
  });
  await test.service.initialize();
  return test;
}

/** Level and text of the lines that were logged since `from`. */
function linesOf({ log }: ServiceHarness<Plain>, from = 0): string[] {
  return log.slice(from).map((line) => `${line.split(" ")[1]} ${logTextOf(line)}`);
}

Deno.test("a failure is logged in one line, and with its stack for people who debug", async () => {
  for (const logLevel of ["INFO", "DEBUG"] as const) {
    await using test = await up({ logLevel });
    const from = test.log.length;
    test.service.fail(new Error("no disk"));
    const [line] = linesOf(test, from);
    assert(line!.startsWith(logLevel === "INFO" ? "ERROR no disk" : "ERROR Error: no disk\\n"));
    assertEquals(line!.includes("base_service_test.ts"), logLevel === "DEBUG");
  }
});

Deno.test("what a service passes through is told to people who debug", async () => {
  await using test = await up();
  assertEquals(linesOf(test), ["DEBUG is initializing", "DEBUG is initialized"]);
});

/** A connection that breaks when a test says so. */
function breakable(channel: Channel): { channel: Channel; break: (error: Error | null) => void } {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  return {
    break: resolve,
    channel: {
      peer: channel.peer,
      queued: 0,
      closed: promise,
      send: (message) => channel.send(message),
      sendText: (text) => channel.sendText(text),
      sendTextLater: (text) => channel.sendTextLater(text),
      receive: (onMessage, onBadMessage) => channel.receive(onMessage, onBadMessage),
      close: () => channel.close(),
    },
  };
}

const LOSSES: [name: string, error: Error | null, lines: string[]][] = [
  ["by its end is not worth a word", null, []],
  [
    "by an error is told to people who debug",
    new Error("worker_1: connection reset", { cause: new Error("connection reset") }),
    ["DEBUG Lost the connection to worker_1: connection reset"],
  ],
  [
    "because of a message that is too long is an error of somebody",
    new Error("worker_1: too long", { cause: new FrameTooLargeError(9, 8) }),
    ["ERROR Lost the connection to worker_1: too long"],
  ],
];

for (const [name, error, lines] of LOSSES) {
  Deno.test(`a connection that is lost ${name}`, async () => {
    const test = new ServiceHarness((context) => new Plain(context), { type: "dataset_manager" });
    await using _ = test;
    const [ours, theirs] = memoryChannelPair("dataset");
    const loose = breakable(ours);
    test.transport.listen = (_name, onConnection) => {
      onConnection(loose.channel);
      return { close: () => {} };
    };
    await test.service.initialize();
    const worker = new FakePeer(theirs);
    worker.hello("worker", "worker_1");
    await settle();
    assertEquals(test.service.peers.size, 1);
    const from = test.log.length;
    loose.break(error);
    await settle();
    assertEquals(linesOf(test, from), lines);
    assertEquals(test.service.peers.size, 0);
    await worker.close();
  });
}

Deno.test("what is said to a service for nothing is logged, by how grave it is", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  const from = test.log.length;
  worker.send({ type: "failure", serviceId: "worker_1", cause: "no disk" });
  worker.send({ type: "cancel_credits" });
  await settle();
  assertEquals(linesOf(test, from), [
    "WARNING worker_1: no disk",
    'DEBUG Dropped a message "cancel_credits" from worker_1: nobody takes it here',
  ]);
});

Deno.test("a connection that is refused is a warning", async () => {
  await using test = await up();
  const from = test.log.length;
  await test.connectAs("worker", "worker_1", { token: "guess" });
  assertEquals(linesOf(test, from), [
    'WARNING Refused a connection: "worker_1" has a wrong token',
  ]);
});

Deno.test("a service that is back before its end was seen takes its own place, which is logged", async () => {
  await using test = await up();
  const first = await test.connectAs("worker", "worker_1", { pid: 1 });
  const from = test.log.length;
  await test.connectAs("worker", "worker_1", { pid: 2 });
  assertEquals(linesOf(test, from), ["INFO worker_1 is back before it was gone"]);
  assertEquals([...test.service.peers].map(({ pid }) => pid), [2]);
  await first.channel.closed;
});

Deno.test("a command that fails is told to who gave it, and with its stack to people who debug", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  const from = test.log.length;
  await assertRejects(
    () => worker.ask({ kind: "start" }),
    CommandFailedError,
    'Cannot do "start": dataset_manager has no such command',
  );
  const [line, ...others] = linesOf(test, from);
  assert(line!.startsWith('DEBUG "start" failed: Error: Cannot do "start"'), line);
  assert(line!.includes("base_service.ts"), line);
  assertEquals(others, []);
});
