import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { latenessReport } from "../../../../services/post_processor_manager/instrument/lateness.ts";
import { LoadTally } from "../../../../services/post_processor_manager/instrument/load_tally.ts";
import { recordOf } from "../../../helpers/records.ts";
import { statisticsOf } from "../recomputation.ts";

const MS = 1e6;

/** A request that was due at 1 s times its position after the first and lost time on each part of its way. */
interface Delays {
  issueMs: number;
  handOverMs: number;
  workerMs: number;
  slotWaitMs?: number;
}

const SOON: Delays = { issueMs: 0, handOverMs: 1, workerMs: 0 };

function requestsOf(delays: readonly Delays[], firstMs = 0) {
  const tally = new LoadTally();
  delays.forEach(({ issueMs, handOverMs, workerMs, slotWaitMs }, i) => {
    const dueNs = (firstMs + i * 1000) * MS;
    const issuedNs = dueNs + issueMs * MS;
    const receivedNs = issuedNs + handOverMs * MS;
    const sentNs = receivedNs + workerMs * MS;
    const wait = slotWaitMs === undefined ? {} : { slotWaitNs: slotWaitMs * MS };
    tally.add(recordOf({ dueNs, ...wait, issuedNs, receivedNs, sentNs }));
  });
  return tally.requests();
}

const ALL = { coldNs: 0, startNs: 0, isClosed: false };

Deno.test("the lateness and its parts have the statistics that a slow count gives", () => {
  const delay = fc.integer({ min: 0, max: 5_000 });
  const delays = fc.record({ issueMs: delay, handOverMs: delay, workerMs: delay });
  fc.assert(fc.property(fc.array(delays, { minLength: 1, maxLength: 50 }), (list) => {
    const report = latenessReport(requestsOf(list), ALL)!;
    assertEquals(report.requests, list.length);
    for (
      const [found, values] of [
        [report.total, list.map((one) => one.issueMs + one.handOverMs + one.workerMs)],
        [report.issue, list.map((one) => one.issueMs)],
        [report.handOver, list.map((one) => one.handOverMs)],
        [report.worker, list.map((one) => one.workerMs)],
      ] as const
    ) {
      const { avg, p50, p90, p99, max } = statisticsOf(values);
      const expected = { avgMs: avg!, p50Ms: p50!, p90Ms: p90!, p99Ms: p99!, maxMs: max! };
      for (const [name, value] of Object.entries(expected)) {
        assertAlmostEquals(found[name as keyof typeof expected], value, 1e-6, name);
      }
    }
    assertAlmostEquals(report.judged!.p90Ms, report.total.p90Ms, 1e-9);
    assertAlmostEquals(report.judged!.p99Ms, report.total.p99Ms, 1e-9);
  }));
});

Deno.test("the cold start is told apart and not judged", () => {
  const late = { issueMs: 0, handOverMs: 0, workerMs: 90 };
  const requests = requestsOf([late, { ...late, workerMs: 130 }, SOON, SOON]);
  const report = latenessReport(requests, { ...ALL, coldNs: 1_500 * MS })!;
  assertEquals(report.cold, { requests: 2, maxMs: 130 });
  assertEquals(report.judged, { requests: 2, p50Ms: 1, p90Ms: 1, p99Ms: 1 });
  assertEquals(report.total.maxMs, 130);
  assertEquals(latenessReport(requests, ALL)!.cold, null);
});

Deno.test("a cold start excuses no more than it lasts, but for a closed loop", () => {
  const of = (workerMs: number) => ({ issueMs: 0, handOverMs: 0, workerMs });
  // Due at 10, 11, 12 and 13 s.
  const requests = requestsOf([of(1_500), of(1_600), of(50), of(2)], 10_000);
  const options = { ...ALL, startNs: 10_000 * MS, coldNs: 1_500 * MS };
  const report = latenessReport(requests, options)!;
  assertEquals(report.cold, { requests: 1, maxMs: 1_500 });
  assertEquals(report.judged, { requests: 3, p50Ms: 50, p90Ms: 90, p99Ms: 99 });
  assertEquals(report.latest, { issueMs: 0, handOverMs: 0, workerMs: 1_600 });
  assertEquals(report.total.maxMs, 1_600);
  const closed = latenessReport(requests, { ...options, isClosed: true })!;
  assertEquals(closed.cold, { requests: 2, maxMs: 1_600 });
  assertEquals(closed.judged, { requests: 2, p50Ms: 26, p90Ms: 45.2, p99Ms: 49.52 });
});

Deno.test("a run that was due in its cold start is judged as a whole, unless it is a closed loop", () => {
  const requests = requestsOf(
    [90, 130].map((workerMs) => ({ issueMs: 0, handOverMs: 0, workerMs })),
  );
  const open = latenessReport(requests, { ...ALL, coldNs: 1e12 })!;
  assertEquals([open.judged!.p50Ms, open.cold], [110, null]);
  const closed = latenessReport(requests, { ...ALL, coldNs: 1e12, isClosed: true })!;
  assertEquals([closed.judged, closed.latest], [null, null]);
  assertEquals(closed.cold, { requests: 2, maxMs: 130 });
});

Deno.test("the wait for a slot is shown and not judged, and what comes on top of it is", () => {
  const requests = requestsOf([
    { issueMs: 5_000, slotWaitMs: 4_990, handOverMs: 2, workerMs: 1 },
    { issueMs: 30, handOverMs: 2, workerMs: 1 },
    { issueMs: 1_000, slotWaitMs: 1_000, handOverMs: 0, workerMs: 1 },
  ]);
  const report = latenessReport(requests, ALL)!;
  assertEquals([report.total.maxMs, report.issue.maxMs], [5_003, 5_000]);
  assertEquals(report.judged, { requests: 3, p50Ms: 13, p90Ms: 29, p99Ms: 32.6 });
  assertEquals(report.latest, { issueMs: 30, handOverMs: 2, workerMs: 1 });
  const { requests: waited, avgMs, maxMs } = report.slotWait!;
  assertEquals([waited, avgMs, maxMs], [2, 2_995, 4_990]);
  assertEquals(latenessReport(requestsOf([SOON]), ALL)!.slotWait, null);
});

Deno.test("the parts of the latest requests are those of no others", () => {
  // Two in a hundred lost time at the worker, one more than that on its way to be issued.
  const delays = Array.from({ length: 200 }, (_, i): Delays => {
    if (i % 100 === 0) return { issueMs: 0, handOverMs: 1, workerMs: 12 };
    if (i % 100 === 1) return { issueMs: 40 + i, handOverMs: 3, workerMs: 0 };
    return { issueMs: 0, handOverMs: 0, workerMs: i % 100 === 2 ? 12 : 1 };
  });
  const report = latenessReport(requestsOf(delays), ALL)!;
  assertEquals([report.issue.p99Ms < 1, report.worker.p99Ms], [true, 12]);
  assertEquals(report.latest, { issueMs: 91, handOverMs: 3, workerMs: 0 });
  const held = delays.map((delay) => ({ ...delay, slotWaitMs: delay.issueMs }));
  const capped = latenessReport(requestsOf(held), ALL)!;
  assertEquals(capped.latest, { issueMs: 0, handOverMs: 1, workerMs: 12 });
});

Deno.test("of fewer than a hundred requests the latest tenth is looked at", () => {
  const delays = [1, 2, 3, 4].map((workerMs) => ({ issueMs: 0, handOverMs: 0, workerMs }));
  assertEquals(latenessReport(requestsOf(delays), ALL)!.latest, {
    issueMs: 0,
    handOverMs: 0,
    workerMs: 4,
  });
});

Deno.test("without a request that was sent there is no lateness", () => {
  const tally = new LoadTally();
  tally.add(recordOf({ sentNs: null, outcome: "lost" }));
  assertEquals(latenessReport(tally.requests(), ALL), null);
});
