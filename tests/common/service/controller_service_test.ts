import { assert, assertEquals } from "@std/assert";
import type { Hello, MessageOf } from "../../../common/comms/messages.ts";
import { ControllerService } from "../../../common/service/controller_service.ts";
import { onInit, onMessage } from "../../../common/service/hooks.ts";
import type { Peer } from "../../../common/service/peer.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { ControllerHarness } from "../../helpers/service_harness.ts";

/** A controller that keeps what it sees. */
class Watcher extends ControllerService {
  readonly seen: string[] = [];
  joining: (peer: Peer) => void = () => {};

  override run(): Promise<void> {
    return Promise.resolve();
  }

  @onInit
  protected open(): void {
    this.listen();
  }

  @onMessage("failure")
  protected noteFailure({ serviceId, cause }: MessageOf<"failure">): void {
    this.seen.push(`${serviceId} failed: ${cause}`);
  }

  @onMessage("run_complete")
  protected noteEnd(): void {
    this.seen.push("run complete");
  }

  protected override peerJoined(peer: Peer): void {
    super.peerJoined(peer);
    this.seen.push(`${peer.type} ${peer.id} joined`);
    this.joining(peer);
  }

  protected override peerLeft(peer: Peer): void {
    super.peerLeft(peer);
    this.seen.push(`${peer.id} left`);
  }

  protected override peerRefused(hello: Hello | null, reason: string): void {
    super.peerRefused(hello, reason);
    this.seen.push(`${hello?.serviceId ?? "a stranger"} refused: ${reason}`);
  }
}

async function up(): Promise<ControllerHarness<Watcher>> {
  const harness = new ControllerHarness((context) => new Watcher(context));
  await harness.service.initialize();
  return harness;
}

Deno.test("services join with their hello and leave with their connection", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1", { info: { url: "http://x" } });
  const [peer] = test.service.peers;
  assertEquals(peer?.info, { url: "http://x" });
  assertEquals(test.service.lastSeenNs("worker_1"), test.clock.nowNs());
  await worker.close();
  await settle();
  assertEquals(test.service.seen, ["worker worker_1 joined", "worker_1 left"]);
  assertEquals(test.service.peers.size, 0);
  assertEquals(test.service.lastSeenNs("worker_1"), null);
});

Deno.test("every message is a sign of life", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  const joinedNs = test.clock.nowNs();
  await test.clock.advance(700);
  worker.send({ type: "heartbeat", atNs: 0, rssBytes: 1, cpuMs: 0, lags: [] });
  await settle();
  assertEquals(test.service.lastSeenNs("worker_1"), joinedNs + 700e6);
});

const REFUSED: [string, Parameters<typeof connect>[1], string][] = [
  ["a wrong token", { token: "guess" }, 'worker_1 refused: "worker_1" has a wrong token'],
  [
    "another protocol",
    { protocol: 99 },
    "worker_1 refused: worker_1 speaks protocol 99, this aiperf speaks 1: are two versions mixed?",
  ],
];

function connect(test: ControllerHarness<Watcher>, change: Partial<Hello>) {
  return test.connectAs("worker", "worker_1", change);
}

for (const [name, change, expected] of REFUSED) {
  Deno.test(`a hello with ${name} is refused, once, and the sender is told`, async () => {
    await using test = await up();
    const worker = await connect(test, change);
    worker.send({ type: "subscribe", topics: ["run_complete"] });
    await worker.channel.closed;
    await settle();
    assertEquals(test.service.seen, [expected]);
    assertEquals(test.service.peers.size, 0);
    const reason = expected.replace("worker_1 refused: ", "");
    assertEquals(worker.received, [
      { type: "failure", serviceId: "controller", cause: `The connection is refused: ${reason}` },
    ]);
  });
}

Deno.test("a connection that says nothing is refused after five seconds", async () => {
  await using test = await up();
  const stranger = await test.connectSilently();
  await test.clock.advance(4_999);
  assertEquals(test.service.seen, []);
  await test.clock.advance(1);
  await stranger.channel.closed;
  assertEquals(test.service.seen, ["a stranger refused: it said nothing for 5000 ms"]);
});

Deno.test("a service that has said hello may be silent", async () => {
  await using test = await up();
  await test.connectAs("worker", "worker_1");
  await test.clock.advance(60_000);
  assertEquals(test.service.seen, ["worker worker_1 joined"]);
});

Deno.test("a connection that does not begin with hello is refused", async () => {
  await using test = await up();
  const stranger = await test.connectSilently();
  stranger.send({ type: "cancel_credits" });
  await stranger.channel.closed;
  assertEquals(test.service.seen, [
    'a stranger refused: it said "cancel_credits" instead of hello',
  ]);
});

Deno.test("a connection that begins with nonsense is refused", async () => {
  await using test = await up();
  const stranger = await test.connectSilently();
  stranger.hello("zap" as "worker", "worker_1");
  await stranger.channel.closed;
  await settle();
  assertEquals(test.service.seen.length, 1);
  assert(test.service.seen[0]!.startsWith(
    'a stranger refused: Cannot use the message "hello": serviceType must be one of ',
  ));
});

Deno.test("a connection that only looks whether somebody is there is nothing to speak of", async () => {
  await using test = await up();
  const stranger = await test.connectSilently();
  await stranger.close();
  await test.clock.advance(10_000);
  assertEquals(test.service.seen, []);
});

Deno.test("a second hello on a connection changes nothing", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  worker.hello("worker", "worker_2");
  await settle();
  assertEquals(test.service.seen, ["worker worker_1 joined"]);
  assertEquals([...test.service.peers].map(({ id }) => id), ["worker_1"]);
});

Deno.test("another process with the id of a connected one takes its place", async () => {
  await using test = await up();
  const first = await test.connectAs("worker", "worker_1", { pid: 11 });
  const second = await test.connectAs("worker", "worker_1", { pid: 12 });
  first.send({ type: "run_complete", wasCancelled: false });
  await first.channel.closed;
  await settle();
  assertEquals(test.service.seen, [
    "worker worker_1 joined",
    "worker_1 left",
    "worker worker_1 joined",
  ]);
  second.send({ type: "run_complete", wasCancelled: false });
  await settle();
  assertEquals(test.service.seen.at(-1), "run complete");
});

Deno.test("a process that is connected already is refused, and let in again later", async () => {
  await using test = await up();
  const first = await test.connectAs("worker", "worker_1");
  const second = await test.connectAs("worker", "worker_1");
  await second.channel.closed;
  await first.close();
  await settle();
  await test.connectAs("worker", "worker_1");
  assertEquals(test.service.seen, [
    "worker worker_1 joined",
    "worker_1 refused: worker_1 is connected already",
    "worker_1 left",
    "worker worker_1 joined",
  ]);
});

Deno.test("what is published reaches those who have subscribed, and the controller", async () => {
  await using test = await up();
  const timing = await test.connectAs("timing_manager", "timing_manager");
  const records = await test.connectAs("records_manager", "records_manager");
  const other = await test.connectAs("worker", "worker_1");
  records.send({ type: "subscribe", topics: ["run_complete", "phase_progress"] });
  await settle();
  timing.send({ type: "run_complete", wasCancelled: false });
  await records.next("run_complete");
  assertEquals(test.service.seen.at(-1), "run complete");
  assertEquals(other.received, []);
  assertEquals(timing.received, []);
  await records.close();
  await settle();
  timing.send({ type: "run_complete", wasCancelled: true });
  await settle();
  assertEquals(test.service.seen.at(-1), "run complete");
});

Deno.test("a failure reaches the controller with the service's id and the cause", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  worker.send({ type: "failure", serviceId: "worker_1", cause: "no disk" });
  await settle();
  assertEquals(test.service.seen.at(-1), "worker_1 failed: no disk");
});

Deno.test("the controller commands its peers, each with a time limit", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  worker.answer("get_conversations", ({ indexes }) => indexes.length);
  const [peer] = test.service.peers;
  assertEquals(await peer!.request({ kind: "get_conversations", indexes: [4, 5] }, 1_000), 2);
  const unanswered = peer!.request({ kind: "start" }, 1_000).catch(({ message }) => message);
  await test.clock.advance(1_000);
  assertEquals(await unanswered, 'worker_1 did not answer "start" within 1000 ms');
});

Deno.test("an error while a service joins fails the controller and not the connection", async () => {
  await using test = await up();
  test.service.joining = () => {
    throw new Error("oh");
  };
  const worker = await test.connectAs("worker", "worker_1");
  assertEquals(test.service.state, "failed");
  worker.send({ type: "failure", serviceId: "worker_1", cause: "still there" });
  await settle();
  assertEquals(test.service.seen.at(-1), "worker_1 failed: still there");
});

Deno.test("cleanup() ends the connections of services and of strangers", async () => {
  await using test = await up();
  const worker = await test.connectAs("worker", "worker_1");
  const stranger = await test.connectSilently();
  await test.service.cleanup();
  assertEquals(await worker.channel.closed, null);
  assertEquals(await stranger.channel.closed, null);
  assertEquals(test.service.seen, ["worker worker_1 joined", "worker_1 left"]);
});

Deno.test("who joins in mid-run is told of the phases so far, the last of each event", async () => {
  await using test = await up();
  const timing = await test.connectAs("timing_manager", "timing_manager");
  const { phase_started: started, phase_complete: complete } = messageExamples;
  timing.send({ ...started, phase: "warmup" });
  timing.send({ ...complete, phase: "warmup" });
  timing.send({ ...started, phase: "profiling" });
  await settle();
  const late = await test.connectAs("records_manager", "records_manager");
  late.send({ type: "subscribe", topics: ["phase_started"] });
  await settle();
  assertEquals(late.of("phase_started").map(({ phase }) => phase), ["warmup", "profiling"]);
  assertEquals(late.of("phase_complete"), []);
});
