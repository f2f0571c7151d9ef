import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { LoadPlan } from "../../../../common/model/run_config.ts";
import type { StopReason } from "../../../../common/model/run_event.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { LagProbe, PROBE_MS } from "../../../../common/runtime/lag_probe.ts";
import { HealthCollector } from "../../../../services/system_controller/health_collector.ts";
import { LateTimer } from "../../../helpers/late_timer.ts";
import { accumulatorOf } from "../../../helpers/metrics_of.ts";
import { recordOf } from "../../../helpers/records.ts";
import { healthOf } from "../../../helpers/verdict_facts.ts";
import { arrival, CONSTANT, phasesOf, reportOn, run } from "./reporting.ts";

const MS = 1e6;
Deno.test("the report tells what the connections cost, where the records do", () => {
  const connected = run(6, () => 0).map((record, i): RequestRecord => {
    const [workerId, open] = [["a", 7], ["b", 2], ["a", 9], ["b", 1], ["a", 8]][i] ?? [];
    const known = { ...record, workerId: String(workerId), openConnections: Number(open) };
    if (i === 2) return { ...known, connectNs: 3 * MS, isReconnect: true };
    if (i < 3) return { ...known, connectNs: (i + 1) * MS };
    if (i < 5) return { ...known, connectNs: 0 };
    return { ...record, connectNs: null, outcome: "error", httpStatus: null };
  });
  assertEquals(reportOn(connected).instrument.connections, {
    opened: 3,
    reused: 2,
    reconnects: 1,
    mostOpen: 11,
    failed: 1,
    opening: { avgMs: 2, p50Ms: 2, p90Ms: 2.8, p99Ms: 2.98, maxMs: 3 },
  });
  assertEquals(reportOn(run(6, () => 0)).instrument.connections, null);
});

/** What the controller makes of a worker whose event loop is blocked for `blockMs` at a time. */
function healthOfBlocked(blockMs: number) {
  const timer = new LateTimer();
  const probe = new LagProbe(timer, timer.repeat);
  probe.start();
  // What falls due while the loop is blocked waits for the end of the block.
  while (timer.nowNs() < 10e9) timer.fire(Math.ceil(PROBE_MS / blockMs) * blockMs - PROBE_MS);
  const collector = new HealthCollector();
  collector.watchFrom(500 * MS);
  const worker = { id: "worker_0", type: "worker" } as const;
  collector.note(worker, { atNs: 1e9, rssBytes: 1, cpuMs: 0, lags: [] });
  collector.note(worker, { atNs: 10e9, rssBytes: 1, cpuMs: 7_900, lags: probe.take() });
  return { processes: collector.processes(), machine: null, restarts: [] };
}

Deno.test("a run that was kept to is VALID", () => {
  const { instrument } = reportOn(run(1_000, () => 0.4));
  assertEquals([instrument.verdict, instrument.reasons], ["VALID", []]);
  assertEquals(instrument.lateness!.requests, 1_000);
  assertEquals(instrument.arrivals.sent.count, 1_000);
  assertEquals(instrument.workers.map(({ requests }) => requests), [1_000]);
});

Deno.test("a worker that blocks 20 ms at a time and more is found out, with the right reason", () => {
  assertEquals(PROBE_MS, 20);
  const late = healthOfBlocked(45);
  const { instrument } = reportOn(run(1_000, (i) => 1 + 19 * (i % 3)), { health: late });
  assertEquals(instrument.verdict, "INVALID");
  const checks = instrument.reasons.map(({ check }) => check).sort();
  assertEquals(checks, ["arrival_pattern", "lag_share", "schedule_lateness", "worker_busy"]);
  const lag = instrument.reasons.find(({ check }) => check === "lag_share")!;
  assertStringIncludes(lag.text, "The event loop of worker_0 was up to 2");
  assertStringIncludes(lag.text, "Keep other programs off this machine, or use");
  const fine = reportOn(run(1_000, () => 1), { health: healthOfBlocked(0.5) });
  assertEquals(fine.instrument.reasons.map(({ check }) => check), ["worker_busy"]);
});

Deno.test("a sender that falls behind its rate is INVALID", () => {
  const { instrument } = reportOn(run(1_000, (i) => i * 0.8));
  assertEquals(instrument.verdict, "INVALID");
  assertEquals(instrument.reasons.map(({ check }) => check), ["schedule_lateness", "rate_kept"]);
  assertStringIncludes(instrument.reasons[1]!.text, "92.6/s where 100.0/s were scheduled");
});

Deno.test("a cold start of half a second is no reason, unless there was a warm-up", () => {
  const records = run(1_000, (i) => i < 50 ? 120 : 0.4);
  const { instrument } = reportOn(records);
  assertEquals(instrument.verdict, "VALID");
  assertEquals(instrument.lateness!.cold, { requests: 50, maxMs: 120 });
  const accumulator = accumulatorOf({ phases: phasesOf(CONSTANT, ["warmup", "profiling"]) });
  for (const record of records) accumulator.add(record);
  const warm = accumulator.report({ wasCancelled: false, startNs: 0 }).instrument;
  assertEquals(warm.reasons.map(({ check }) => check), ["schedule_lateness"]);
});

Deno.test("the verdict changes no number of the results", () => {
  const records = run(300, (i) => i);
  const good = reportOn(records);
  const bad = reportOn(records, {
    health: { processes: [healthOf({ cpuShare: 1 })], machine: null, restarts: [] },
  });
  assert(good.instrument.reasons.length < bad.instrument.reasons.length);
  assertEquals(good.metrics, bad.metrics);
});

Deno.test("requests that failed for want of ports count whatever became of them", () => {
  const error = { code: null, type: "NoFreePort", message: "no local port is free" };
  const records = run(200, () => 0.4).map((record, i) =>
    i === 7 ? recordOf({ ...record, outcome: "error", error }) : record
  );
  const { instrument } = reportOn(records);
  assertEquals([instrument.verdict, instrument.outOfPorts], ["SUSPECT", 1]);
  assertEquals(instrument.arrivals.sent.count, 200);
  assertStringIncludes(instrument.reasons[0]!.text, "no free port (1)");
});

Deno.test("requests that were called off count as never sent only if the run ended by itself", () => {
  const records = run(200, () => 0.4).map((record, i) =>
    i < 150 ? record : { ...record, outcome: "cancelled" as const, sentNs: null, endAfterNs: null }
  );
  const verdictAfter = (reason: StopReason, wasCancelled = false) => {
    const accumulator = accumulatorOf({ phases: phasesOf(CONSTANT) });
    for (const record of records) accumulator.add(record);
    return accumulator.report({ wasCancelled, startNs: 0, reason }).instrument;
  };
  // All had been let go ahead of its time when the run was called off.
  assertEquals(verdictAfter("schedule", true).reasons, []);
  const { reasons, arrivals } = verdictAfter("duration");
  assertEquals(reasons.map(({ check, level }) => [check, level]), [["rate_kept", "INVALID"]]);
  assertEquals([arrivals.issued, arrivals.sent.count], [200, 150]);
  for (const reason of ["cancelled", "failed_threshold"] as const) {
    assertEquals(verdictAfter(reason).reasons, []);
  }
});

Deno.test("a run that ends before anything is due says so, and what to do; one that was broken off does not", () => {
  const reasonAfter = (
    reason: StopReason,
    change: { wasCancelled?: boolean; unsent?: number } = {},
  ) =>
    accumulatorOf({ phases: phasesOf(CONSTANT) })
      .report({ wasCancelled: false, startNs: 0, reason, ...change }).instrument.reasons[0]!.text;
  assertEquals(
    reasonAfter("duration"),
    "No request was due before the end: there is nothing to judge. Use a longer " +
      "--benchmark-duration, or a higher rate.",
  );
  const nothing = "No request was sent: there is nothing to judge. See logs/aiperf.log.";
  assertEquals(reasonAfter("cancelled", { wasCancelled: true }), nothing);
  assertEquals(reasonAfter("duration", { unsent: 1 }), nothing);
});

Deno.test("requests that no worker got to count as never sent", () => {
  const accumulator = accumulatorOf({ phases: phasesOf(CONSTANT) });
  for (const record of run(150, () => 0.4)) accumulator.add(record);
  const { reasons, arrivals } =
    accumulator.report({ wasCancelled: false, startNs: 0, reason: "duration", overdue: 50 })
      .instrument;
  assertEquals(reasons.map(({ check, level }) => [check, level]), [["rate_kept", "INVALID"]]);
  assertStringIncludes(reasons[0]!.text, "50 of the 200 requests that were due were not sent");
  assertEquals([arrivals.issued, arrivals.overdue, arrivals.wasCapped], [150, 50, false]);
});

Deno.test("requests whose time was up before this machine sent them count as never sent however the run ended", () => {
  const error = { code: null, type: "NotSentInTime", message: "this machine was too busy" };
  const unsent = { outcome: "error" as const, sentNs: null, endAfterNs: null, error };
  const records = run(200, () => 0.4).map((one, i) => i % 4 < 3 ? one : { ...one, ...unsent });
  const accumulator = accumulatorOf({ phases: phasesOf(CONSTANT) });
  for (const record of records) accumulator.add(record);
  const { instrument } = accumulator.report({
    wasCancelled: true,
    startNs: 0,
    reason: "cancelled",
  });
  assertEquals(instrument.reasons.map(({ check, level }) => [check, level]), [
    ["rate_kept", "INVALID"],
  ]);
  assertStringIncludes(
    instrument.reasons[0]!.text,
    "50 of the 200 requests that were due were not",
  );
});

Deno.test("turns of a trace that answers have moved are counted from 10 ms on", () => {
  const records = run(20, () => 0.4).map((record, i) =>
    i < 3 ? { ...record, movedNs: [9.9, 10, 700][i]! * MS } : record
  );
  assertEquals(reportOn(records).instrument.arrivals.moved, { requests: 2, maxMs: 700 });
  assertEquals(reportOn(records.slice(3)).instrument.arrivals.moved, null);
});

Deno.test("lost requests make a result INVALID", () => {
  const records = run(200, () => 0.4);
  records[9] = recordOf({ ...records[9], outcome: "lost", sentNs: null, endAfterNs: null });
  const { instrument } = reportOn(records);
  assertEquals(instrument.verdict, "INVALID");
  assertStringIncludes(instrument.reasons[0]!.text, "1 request got lost or left no record");
});

Deno.test("a closed loop whose slots stay empty for long is INVALID", () => {
  const load: LoadPlan = { kind: "closed", concurrency: 1, concurrencyRampMs: 0 };
  const slow = Array.from(
    { length: 200 },
    (_, i) => ({ ...arrival(i, 0.4), sentNs: i * 200 * MS, dueNs: i * 200 * MS - MS }),
  );
  const { instrument } = reportOn(slow, { load });
  assertEquals(instrument.verdict, "INVALID");
  assertStringIncludes(
    instrument.reasons[0]!.text,
    "On average 0.7 of 1 requests were in flight: from an answer to the next request it takes 59",
  );
});

/** A closed loop of one slot after the other, each with requests of 140 ms back to back. */
function closedLoop(slots: number, { stepMs, untilMs }: { stepMs: number; untilMs: number }) {
  const starts = Array.from({ length: slots }, (_, slot) => {
    const count = Math.ceil((untilMs - slot * stepMs) / 140);
    return Array.from({ length: count }, (_, i) => slot * stepMs + i * 140.001);
  }).flat();
  return starts.map((atMs, creditId) => {
    const dueNs = atMs * MS;
    return recordOf({
      creditId,
      dueNs,
      issuedNs: dueNs,
      receivedNs: dueNs,
      sentNs: dueNs,
      endAfterNs: 140 * MS,
    });
  });
}

Deno.test("a slot is in use for as long as a server keeps its answer open", () => {
  const load: LoadPlan = { kind: "closed", concurrency: 4, concurrencyRampMs: 0 };
  const records = closedLoop(4, { stepMs: 0, untilMs: 3_000 }).map((record) => ({
    ...record,
    endAfterNs: record.endAfterNs! / 4,
  }));
  assertEquals(reportOn(records, { load }).instrument.verdict, "INVALID");
  const open = records.map((record) => ({ ...record, closedAfterNs: record.endAfterNs * 4 }));
  const { verdict, notes, concurrency } = reportOn(open, { load }).instrument;
  assertEquals(verdict, "VALID");
  assert(concurrency!.steady!.avg > 3.8, `${concurrency!.steady!.avg}`);
  assertStringIncludes(notes[0]!, "kept its answers open for ");
});

Deno.test("a closed loop that grows is held to its concurrency from the end of its ramp on", () => {
  const load: LoadPlan = { kind: "closed", concurrency: 4, concurrencyRampMs: 600 };
  const { concurrency, reasons } =
    reportOn(closedLoop(4, { stepMs: 200, untilMs: 3_000 }), { load }).instrument;
  assertEquals([concurrency!.asked, reasons], [4, []]);
  assertAlmostEquals(concurrency!.steady!.avg, 4, 0.01);
  assert(concurrency!.steady!.windowMs > 2_200 && concurrency!.steady!.windowMs < 2_400);
  const halfFull = closedLoop(2, { stepMs: 200, untilMs: 3_000 });
  assertEquals(
    reportOn(halfFull, { load }).instrument.reasons.map(({ check }) => check),
    ["concurrency_kept"],
  );
});

Deno.test("a ramp that a run does not last for is told of, unless the run has the ramp's length", () => {
  const load: LoadPlan = { kind: "closed", concurrency: 4, concurrencyRampMs: 60_000 };
  const records = closedLoop(1, { stepMs: 0, untilMs: 3_000 });
  const { concurrency, reasons } = reportOn(records, { load }).instrument;
  assertEquals([concurrency!.asked, concurrency!.steady], [4, null]);
  assertEquals(reasons.map(({ check }) => check), ["ramp_finished"]);
  const checksOf = (maxDurationMs: number, reason: StopReason) => {
    const phases = phasesOf(load).map((phase) => ({ ...phase, maxDurationMs }));
    const accumulator = accumulatorOf({ phases });
    for (const record of records) accumulator.add(record);
    const { instrument } = accumulator.report({ wasCancelled: false, startNs: 0, reason });
    return instrument.reasons.map(({ check }) => check);
  };
  assertEquals(checksOf(60_000, "duration"), []);
  assertEquals(checksOf(60_000, "count"), ["ramp_finished"]);
  assertEquals(checksOf(50_000, "duration"), ["ramp_finished"]);
});

Deno.test("a rate that grows is asked for from the end of its ramp on", () => {
  // Due at i = 50 t² up to one second, then every 10 ms.
  const dueMs = (i: number) => i < 50 ? 1_000 * Math.sqrt(i / 50) : 1_000 + (i - 50) * 10;
  const records = Array.from({ length: 300 }, (_, i) => {
    const dueNs = dueMs(i) * MS;
    return recordOf({
      creditId: i,
      dueNs,
      issuedNs: dueNs,
      receivedNs: dueNs,
      sentNs: dueNs + 0.4 * MS,
    });
  });
  const load = { ...CONSTANT, rateRampMs: 1_000 };
  const { arrivals, reasons } = reportOn(records, { load }).instrument;
  assertEquals([arrivals.askedRatePerSecond, reasons], [100, []]);
  assertEquals([arrivals.steady!.sent.count, arrivals.sent.count], [250, 300]);
  assertAlmostEquals(arrivals.steady!.sent.ratePerSecond!, 100, 1e-9);
  assertEquals(
    reportOn(records.slice(0, 40), { load }).instrument.reasons.map(({ check }) => check),
    ["ramp_finished"],
  );
});

Deno.test("of a series of rates the mean is asked for, as far as the run went", () => {
  const rateSeries = [
    { atMs: 0, ratePerSecond: 50 },
    { atMs: 1_000, ratePerSecond: 150 },
    { atMs: 2_000, ratePerSecond: 150 },
  ];
  const load = { ...CONSTANT, rateSeries };
  const arrivalsOf = (records: readonly RequestRecord[]) =>
    reportOn(records, { load }).instrument.arrivals;
  // The last one is sent after 1,000 ms and 2,000 ms: 100 and 250 requests were asked for by then.
  assertEquals(arrivalsOf(run(101, () => 0)).meanAskedRatePerSecond, 100);
  const { askedRatePerSecond, meanAskedRatePerSecond } = arrivalsOf(run(201, () => 0));
  assertEquals([askedRatePerSecond, meanAskedRatePerSecond], [null, 125]);
  assertEquals(arrivalsOf([]).meanAskedRatePerSecond, null);
  assertEquals(reportOn(run(5, () => 0)).instrument.arrivals.meanAskedRatePerSecond, null);
});

Deno.test("a prefill limit in a closed loop leaves the concurrency that was asked for", () => {
  const load: LoadPlan = { kind: "closed", concurrency: 4, concurrencyRampMs: 0 };
  const records = closedLoop(4, { stepMs: 0, untilMs: 3_000 });
  const { concurrency, prefill } =
    reportOn(records, { load, prefill: { limit: 6, rampMs: 0 } }).instrument;
  assertEquals([concurrency!.asked, prefill], [4, { asked: 6, max: 4 }]);
  assertEquals(reportOn(records, { load }).instrument.prefill, null);
});

Deno.test("what became of the requests that were to be cut off is counted, where any were drawn", () => {
  const cancellation = { share: 0.5, delayMs: 5_000 };
  const phases = phasesOf(CONSTANT).map((phase) => ({ ...phase, cancellation }));
  const of = (records: readonly RequestRecord[]) => {
    const accumulator = accumulatorOf({ phases });
    for (const record of records) accumulator.add(record);
    return accumulator.report({ wasCancelled: false, startNs: 0 }).instrument.cancellation;
  };
  const outcomes = ["success", "cancelled", "error", "lost", "cancelled"] as const;
  const drawn = run(5, () => 0.4).map((record, i) => ({
    ...record,
    outcome: outcomes[i]!,
    cancelAfterNs: 5e9,
  }));
  assertEquals(of([...drawn, { ...arrival(5, 0.4), creditId: 5 }]), {
    asked: 5,
    cancelled: 2,
    endedBefore: 2,
    delayMs: 5_000,
  });
  assertEquals(of(run(5, () => 0.4)), null);
});

Deno.test("a run of which nothing was sent has a verdict and no proof", () => {
  const { instrument } = reportOn([]);
  assertEquals(instrument.verdict, "INVALID");
  assertEquals([instrument.lateness, instrument.concurrency], [null, null]);
  assertEquals(instrument.arrivals.sent.count, 0);
});
