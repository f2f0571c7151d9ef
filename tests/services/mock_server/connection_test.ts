import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../../services/mock_server/connection.ts";
import { DeadlineQueue } from "../../../services/mock_server/deadline_queue.ts";
import {
  type MockServerOptions,
  resolveMockOptions,
} from "../../../services/mock_server/mock_options.ts";
import { Router } from "../../../services/mock_server/router.ts";
import { WorkQueue } from "../../../common/runtime/work_queue.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { FakeStream } from "./fake_stream.ts";

/** A connection under a clock that moves only by `advance`. */
function setUp(options: MockServerOptions = {}) {
  let now = 1_000_000;
  let timer: { wakeMs: number; fire: () => void } | null = null;
  const stream = new FakeStream();
  const router = new Router(resolveMockOptions(options), now);
  const deadlines = new DeadlineQueue({
    nowMs: () => now,
    start(delayMs, fire) {
      timer = { wakeMs: now + delayMs, fire };
      return () => timer = null;
    },
    pause: (ms) => now += ms,
    turn: queueMicrotask,
  });
  let closed = 0;
  const reads = new WorkQueue({
    nowMs: () => now,
    soon: queueMicrotask,
    later: queueMicrotask,
    next: queueMicrotask,
  });
  const context = {
    router,
    deadlines,
    reads,
    nowMs: () => now,
    onRefused() {},
    onClose: () => closed++,
  };
  const connection = new Connection(stream, context);
  const running = connection.run();
  return {
    stream,
    connection,
    running,
    log: router.log,
    closed: () => closed,
    async advance(ms: number) {
      const until = now + ms;
      while (timer !== null && timer.wakeMs <= until) {
        const { wakeMs, fire } = timer as { wakeMs: number; fire: () => void };
        timer = null;
        now = Math.max(now, wakeMs);
        fire();
        await settle();
      }
      now = until;
    },
  };
}

function post(fields: Record<string, unknown>, headers = ""): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...fields });
  return `POST /v1/chat/completions HTTP/1.1\r\nX-Request-ID: r1\r\n${headers}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

const HEALTH = "GET /health HTTP/1.1\r\n\r\n";

Deno.test("Connection writes role at once and each token when it is due", async () => {
  const { stream, log, advance, connection } = setUp({ ttftMs: 100, itlMs: 10 });
  await stream.send(post({ stream: true, max_tokens: 3 }));
  assertEquals(stream.tokensPerWrite, [0]);
  assert(stream.writes[0]!.includes('"role":"assistant"'));
  await advance(99);
  assertEquals(stream.tokensPerWrite, [0]);
  await advance(1);
  await advance(10);
  assertEquals(stream.tokensPerWrite, [0, 1, 1]);
  await advance(10);
  assertEquals(stream.tokensPerWrite, [0, 1, 1, 1]);
  assert(stream.writes[3]!.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n"));
  const { receivedMs, firstWriteMs, tokenWriteMs, endMs, ...rest } = log.page().requests[0]!;
  assertEquals([receivedMs, firstWriteMs, endMs], [1_000_000, 1_000_000, 1_000_120]);
  assertEquals(tokenWriteMs, [1_000_100, 1_000_110, 1_000_120]);
  assertEquals([rest.requestId, rest.outcome, rest.status], ["r1", "finished", 200]);
  connection.close();
});

Deno.test("Connection writes a chunk of several tokens when the last of them is due", async () => {
  const { stream, log, advance, connection } = setUp({ ttftMs: 100, itlMs: 10, chunkTokens: 3 });
  await stream.send(post({ stream: true, max_tokens: 8 }));
  const chunks = () => stream.writes.map((text) => text.split('"content":" ').length - 1);
  for (const [ms, written] of [[119, [0]], [1, [0, 1]], [29, [0, 1]], [1, [0, 1, 1]]] as const) {
    await advance(ms);
    assertEquals(chunks(), [...written]);
  }
  await advance(20);
  assertEquals(chunks(), [0, 1, 1, 1]);
  assert(stream.writes[3]!.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n"));
  const { receivedMs, tokenWriteMs } = log.page().requests[0]!;
  assertEquals(
    tokenWriteMs.map((ms) => ms - receivedMs),
    [120, 120, 120, 150, 150, 150, 170, 170],
  );
  connection.close();
});

Deno.test("Connection writes all at once when there are no pauses", async () => {
  const { stream, connection } = setUp();
  await stream.send(post({ stream: true, max_tokens: 16 }));
  assertEquals(stream.tokensPerWrite, [16]);
  connection.close();
});

Deno.test("Connection writes long answers without pauses in parts", async () => {
  const { stream, connection } = setUp();
  await stream.send(post({ stream: true, max_tokens: 1200 }));
  assertEquals(stream.tokensPerWrite, [512, 512, 176]);
  connection.close();
});

Deno.test("Connection answers whole when the last token would have come", async () => {
  const { stream, advance, log, connection } = setUp({ ttftMs: 100, itlMs: 10 });
  await stream.send(post({ max_tokens: 5 }));
  await advance(139);
  assertEquals(stream.writes.length, 0);
  await advance(1);
  assert(stream.writes[0]!.includes('"completion_tokens":5'));
  assertEquals(log.page().requests[0]!.endMs, 1_000_140);
  connection.close();
});

Deno.test("Connection sends to a slow reader what has become due meanwhile in one write", async () => {
  const { stream, advance, connection, log } = setUp({ ttftMs: 10, itlMs: 10 });
  stream.isStuck = true;
  await stream.send(post({ stream: true, max_tokens: 6 }));
  await advance(45);
  assertEquals(stream.tokensPerWrite, [0]);
  await stream.unstick();
  assertEquals(stream.tokensPerWrite, [0, 4]);
  assertEquals(log.page().requests[0]!.tokenWriteMs, Array(4).fill(1_000_045));
  await advance(5);
  assertEquals(stream.tokensPerWrite, [0, 4, 1]);
  connection.close();
});

Deno.test("Connection goes on after partial writes", async () => {
  const { stream, connection } = setUp();
  stream.maxWrite = 7;
  await stream.send(HEALTH);
  assert(stream.writes.join("").endsWith('{"status":"ok"}'));
  connection.close();
});

Deno.test("Connection answers pipelined requests in order", async () => {
  const { stream, advance, log, connection } = setUp({ ttftMs: 50 });
  await stream.send(post({ stream: true, max_tokens: 2 }) + HEALTH + post({ max_tokens: 2 }));
  assertEquals(stream.writes.length, 1);
  await advance(50);
  const all = stream.writes.join("");
  const order = ["[DONE]", '{"status":"ok"}', '"completion_tokens":2'].map((s) => all.indexOf(s));
  assert(order[0]! > 0 && order[1]! > order[0]! && order[2]! > order[1]!);
  assertEquals(log.stats().maxInFlight, 2);
  connection.close();
});

Deno.test("Connection takes more pipelined requests than it queues", async () => {
  const { stream, connection, advance } = setUp({ ttftMs: 5 });
  await stream.send(post({ max_tokens: 1 }) + HEALTH.repeat(300));
  await stream.send(HEALTH);
  await advance(5);
  for (let i = 0; i < 100; i++) await settle();
  assertEquals(stream.writes.join("").split('"status":"ok"').length - 1, 301);
  connection.close();
});

Deno.test("Connection notes that the client hung up in the middle of the answer", async () => {
  const { stream, advance, log, running, closed } = setUp({ ttftMs: 10, itlMs: 10 });
  await stream.send(post({ stream: true, max_tokens: 5 }));
  await advance(25);
  await stream.send(null);
  await running;
  await advance(100);
  const request = log.page().requests[0]!;
  assertEquals([request.outcome, request.outputTokens, request.endMs], ["aborted", 2, 1_000_025]);
  assertEquals([stream.isClosed, closed(), log.stats().inFlight], [true, 1, 0]);
});

Deno.test("Connection closes after the answer when the client asks for it", async () => {
  const { stream, running } = setUp();
  await stream.send(post({ stream: true, max_tokens: 1 }, "Connection: close\r\n"));
  await running;
  assert(stream.writes[0]!.includes("connection: close"));
  assertEquals(stream.isClosed, true);
});

Deno.test("Connection refuses bytes that are no request, after the answers before them", async () => {
  const { stream, running } = setUp();
  await stream.send(HEALTH + "nonsense\r\n\r\n");
  await running;
  await settle();
  const all = stream.writes.join("");
  assert(all.indexOf('"status":"ok"') < all.indexOf("HTTP/1.1 400 Bad Request"));
  assertEquals(stream.isClosed, true);
});

Deno.test("Connection takes no request behind bytes that are none, however slow the answers before them", async () => {
  const { stream, log, advance, running } = setUp({ ttftMs: 10, itlMs: 10 });
  await stream.send(post({ max_tokens: 1 }) + "nonsense\r\n\r\n");
  await stream.send(post({ max_tokens: 1 }));
  await advance(10);
  await running;
  await settle();
  assertEquals(log.stats().received, 1);
  assertEquals(stream.writes.join("").match(/HTTP\/1.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 400"]);
});

Deno.test("Connection says 100 Continue to a client that waits for it", async () => {
  const { stream, connection } = setUp();
  const [head, body] = post({ max_tokens: 1 }, "Expect: 100-continue\r\n").split("\r\n\r\n");
  await stream.send(`${head}\r\n\r\n`);
  assertEquals(stream.writes, ["HTTP/1.1 100 Continue\r\n\r\n"]);
  await stream.send(body!);
  assert(stream.writes[1]!.startsWith("HTTP/1.1 200 OK"));
  connection.close();
});

Deno.test("Connection cuts or breaks streams half-way on purpose", async () => {
  const cut = setUp({ ttftMs: 10, itlMs: 10, disconnectRate: 1 });
  await cut.stream.send(post({ stream: true, max_tokens: 4 }));
  await cut.advance(29);
  assertEquals([cut.stream.tokensPerWrite, cut.stream.isClosed], [[0, 1, 1], false]);
  await cut.advance(1);
  assertEquals([cut.stream.isClosed, cut.log.stats().errors], [true, 1]);
  assert(!cut.stream.writes.join("").includes("\r\n0\r\n\r\n"));

  const broken = setUp({ streamErrorRate: 1 });
  await broken.stream.send(post({ stream: true, max_tokens: 4 }));
  assertEquals(broken.stream.tokensPerWrite, [2]);
  assert(broken.stream.writes[0]!.includes('data: {"error":{"message"'));
  assert(!broken.stream.writes[0]!.includes("[DONE]"));
  assertEquals([broken.stream.isClosed, broken.log.stats().errors], [false, 1]);
  broken.connection.close();
});

Deno.test("Connection cuts whole answers half-way on purpose", async () => {
  const { stream, running, log } = setUp({ disconnectRate: 1 });
  await stream.send(post({ max_tokens: 4 }));
  await running;
  assert(stream.writes[0]!.startsWith("HTTP/1.1 200 OK") && !stream.writes[0]!.endsWith("}"));
  assertEquals([stream.isClosed, log.page().requests[0]!.outcome], [true, "error"]);
});
