import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../../services/mock_server/connection.ts";
import { DeadlineQueue } from "../../../services/mock_server/deadline_queue.ts";
import type { HttpRequest } from "../../../services/mock_server/http_request.ts";
import {
  type MockServerOptions,
  resolveMockOptions,
} from "../../../services/mock_server/mock_options.ts";
import type { Reply } from "../../../services/mock_server/reply.ts";
import { Router } from "../../../services/mock_server/router.ts";
import { WorkQueue } from "../../../common/runtime/work_queue.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { FakeStream } from "./fake_stream.ts";
import { FakeTurns } from "../../helpers/fake_turns.ts";

const START_MS = 1_000_000;
/** What one request takes the server; four of them make a stretch. */
const WORK_MS = 0.125;

/** Turns that take no more than their place in the microtask queue, as real ones. */
class QueuedTurns extends FakeTurns {
  override soon(run: () => void): void {
    queueMicrotask(run);
  }
}

/** A server with many connections, whose clock moves only while it works. */
function setUp(count: number, options: MockServerOptions = {}) {
  const turns = new QueuedTurns();
  const worked: string[] = [];
  class SlowRouter extends Router {
    override route(request: HttpRequest, receivedMs: number): Reply {
      turns.work(WORK_MS);
      worked.push(request.headers.get("x-request-id")!);
      return super.route(request, receivedMs);
    }
  }
  const router = new SlowRouter(resolveMockOptions(options), START_MS);
  // Its timer never fires: as under load, what is due has to be met between stretches.
  const deadlines = new DeadlineQueue({
    nowMs: () => turns.now,
    start: () => () => {},
    pause: () => assert(false, "the thread sleeps while there is work"),
    turn: (run) => turns.next(run),
  });
  const context = {
    router,
    deadlines,
    reads: new WorkQueue(turns, () => deadlines.catchUp()),
    nowMs: () => turns.now,
    onRefused() {},
    onClose() {},
  };
  const streams = Array.from({ length: count }, () => new FakeStream());
  const connections = streams.map((stream) => new Connection(stream, context));
  const running = connections.map((connection) => connection.run());
  return {
    turns,
    worked,
    log: router.log,
    streams,
    connections,
    running,
    async end() {
      for (const connection of connections) connection.close();
      while (turns.turn()) await settle();
      await Promise.all(running);
    },
  };
}

function post(id: string, fields: Record<string, unknown> = {}): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...fields });
  return `POST /v1/chat/completions HTTP/1.1\r\nX-Request-ID: ${id}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

Deno.test("64 requests that come together are stamped before the first is worked on", async () => {
  const { turns, worked, log, streams, end } = setUp(65, { defaultOutputTokens: 1 });
  await settle();
  for (const [i, stream] of streams.slice(0, 64).entries()) stream.put(post(`r${i}`));
  await settle();
  assertEquals(worked, ["r0", "r1", "r2", "r3"]);
  // One that comes in a pause is stamped then, though 60 others are worked on before it.
  streams[64]!.put(post("late"));
  await settle();
  while (turns.turn()) await settle();
  const { requests } = log.page();
  assertEquals(worked, [...Array.from({ length: 64 }, (_, i) => `r${i}`), "late"]);
  assertEquals(requests.map(({ requestId }) => requestId), worked);
  const afterMs = requests.map(({ receivedMs }) => receivedMs - START_MS);
  assertEquals(afterMs, [...Array(64).fill(0), 0.5]);
  assertEquals(turns.turns, 16);
  assert(streams.every(({ writes }) => writes.length === 1));
  await end();
});

Deno.test("a request that comes alone is answered without a turn of the event loop", async () => {
  const { turns, log, streams, end } = setUp(1, { defaultOutputTokens: 1 });
  for (const id of ["a", "b", "c"]) await streams[0]!.send(post(id));
  assertEquals([log.stats().finished, turns.turns], [3, 0]);
  await end();
});

Deno.test("a connection that is closed while its request waits leaves no trace of it", async () => {
  const { turns, worked, log, streams, connections, running, end } = setUp(8);
  for (const [i, stream] of streams.entries()) stream.put(post(`r${i}`));
  await settle();
  connections[6]!.close();
  while (turns.turn()) await settle();
  await running[6];
  assertEquals(worked, ["r0", "r1", "r2", "r3", "r4", "r5", "r7"]);
  const { received, inFlight, finished, aborted } = log.stats();
  assertEquals([received, inFlight, finished, aborted], [7, 0, 7, 0]);
  await end();
});

Deno.test("a connection reads on only when what it has read is worked on", async () => {
  const { turns, worked, streams, end } = setUp(8, { defaultOutputTokens: 1 });
  await settle();
  for (const [i, stream] of streams.entries()) {
    stream.put(post(`r${i}`));
    stream.put(post(`s${i}`));
  }
  await settle();
  assertEquals(worked.length, 4);
  assertEquals(streams.map(({ reads }) => reads), [2, 2, 2, 2, 1, 1, 1, 1]);
  while (turns.turn()) await settle();
  // Who could read on in the pause comes behind those who waited already.
  assertEquals(worked.slice(4, 8), ["r4", "r5", "r6", "r7"]);
  assertEquals(worked.length, 16);
  assertEquals(streams.map(({ writes }) => writes.length), Array(8).fill(2));
  await end();
});

Deno.test("tokens that are due go out between the stretches of a backlog", async () => {
  const { turns, worked, log, streams, end } = setUp(65, { ttftMs: 1, itlMs: 1 });
  await streams[64]!.send(post("open", { stream: true, max_tokens: 4 }));
  for (const stream of streams.slice(0, 64)) stream.put(post("r"));
  await settle();
  while (worked.length < 65) {
    assert(turns.turn());
    await settle();
  }
  const { tokenWriteMs, receivedMs } = log.page().requests[0]!;
  assertEquals(tokenWriteMs.length, 4);
  for (const [k, atMs] of tokenWriteMs.entries()) {
    const lateMs = atMs - receivedMs - (k + 1);
    assert(lateMs >= 0 && lateMs < 0.51, `token ${k} is ${lateMs} ms late`);
  }
  await end();
});
