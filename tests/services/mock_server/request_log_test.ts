import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RequestLog } from "../../../services/mock_server/request_log.ts";

const ROOMY = { maxRequests: 1000, maxTokens: 1e6 };

function arrival(receivedMs: number) {
  return { requestId: `r${receivedMs}`, path: "/p", receivedMs };
}

Deno.test("RequestLog keeps the times of a stream to the microsecond", () => {
  const log = new RequestLog(ROOMY);
  const receivedMs = 1_795_443_915_741.8137;
  const entry = log.begin(arrival(receivedMs));
  log.expect(entry, { stream: true, tokens: 3, promptTokens: 7 });
  entry.wrote(receivedMs + 1.5, 0);
  entry.wrote(receivedMs + 100.25, 1);
  entry.wrote(receivedMs + 3_600_000.125, 2);
  const open = log.page().requests[0]!;
  assertEquals([open.outcome, open.endMs, open.firstWriteMs], ["open", null, receivedMs + 1.5]);
  log.end(entry, "finished", receivedMs + 3_600_000.125);
  const { tokenWriteMs, ...rest } = log.page().requests[0]!;
  assertEquals(tokenWriteMs.length, 3);
  for (const [k, offset] of [100.25, 3_600_000.125, 3_600_000.125].entries()) {
    assertAlmostEquals(tokenWriteMs[k]!, receivedMs + offset, 0.001);
  }
  assertEquals([rest.promptTokens, rest.outputTokens, rest.outcome], [7, 3, "finished"]);
});

Deno.test("RequestLog counts what is in flight and the most there ever was", () => {
  const log = new RequestLog(ROOMY);
  const [a, b, c] = [1, 2, 3].map((at) => log.begin(arrival(at)));
  log.end(a!, "finished", 4);
  log.end(b!, "aborted", 5);
  log.end(b!, "finished", 6);
  const d = log.begin(arrival(7));
  log.end(c!, "error", 8);
  assertEquals(log.stats(), {
    received: 4,
    finished: 1,
    aborted: 1,
    errors: 1,
    inFlight: 1,
    maxInFlight: 3,
    dropped: 0,
  });
  assertEquals(d.inFlight, 2);
  assertEquals(log.page().requests.map((entry) => entry.inFlight), [1, 2, 3, 2]);
});

Deno.test("RequestLog gives pages from an index on", () => {
  const log = new RequestLog({ maxRequests: 5, maxTokens: 100 });
  for (let i = 0; i < 12; i++) log.end(log.begin(arrival(i)), "finished", i);
  const indexes = (from: number, limit?: number) => {
    const { requests, next } = log.page(from, limit);
    return [requests.map((entry) => entry.index), next];
  };
  assertEquals(indexes(0), [[7, 8, 9, 10, 11], 12]);
  assertEquals(indexes(10), [[10, 11], 12]);
  assertEquals(indexes(8, 2), [[8, 9], 10]);
  assertEquals(indexes(12), [[], 12]);
  assertEquals(indexes(0, 0), [[], 0]);
  assertEquals(log.stats().dropped, 7);
});

Deno.test("RequestLog never holds more than its limits, but always the newest request", () => {
  fc.assert(fc.property(fc.array(fc.nat(120), { minLength: 1, maxLength: 300 }), (sizes) => {
    const log = new RequestLog({ maxRequests: 40, maxTokens: 100 });
    for (const [i, tokens] of sizes.entries()) {
      const entry = log.begin(arrival(i));
      log.expect(entry, { stream: true, tokens, promptTokens: 0 });
      entry.wrote(i, tokens);
      log.end(entry, "finished", i);
      const { requests } = log.page();
      const kept = requests.reduce((sum, one) => sum + one.tokenWriteMs.length, 0);
      if (requests.length > 40 || (kept > 100 && requests.length > 1)) throw new Error("too much");
      assertEquals(requests.at(-1)!.index, i);
    }
    assertEquals(log.stats().dropped + log.page().requests.length, sizes.length);
  }));
});

Deno.test("RequestLog keeps no times of whole answers, and no room for them", () => {
  const log = new RequestLog({ maxRequests: 40, maxTokens: 100 });
  for (let i = 0; i < 3; i++) {
    log.expect(log.begin(arrival(i)), { stream: false, tokens: 100, promptTokens: 0 });
  }
  assertEquals(log.page().requests.length, 3);
  assertEquals(log.stats().dropped, 0);
});

Deno.test("RequestLog keeps open requests when it is cleared", () => {
  const log = new RequestLog(ROOMY);
  log.end(log.begin(arrival(1)), "finished", 2);
  const open = log.begin(arrival(3));
  log.clear();
  assertEquals(log.stats(), {
    received: 1,
    finished: 0,
    aborted: 0,
    errors: 0,
    inFlight: 1,
    maxInFlight: 1,
    dropped: 0,
  });
  log.end(open, "finished", 4);
  assertEquals(log.page().requests.map((entry) => entry.index), [1]);
  assertEquals([log.stats().received, log.stats().inFlight], [1, 0]);
});
