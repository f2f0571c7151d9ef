import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict, WorkerReport } from "../../../../common/model/instrument.ts";
import type { VerdictFacts } from "../../../../services/post_processor_manager/instrument/finding.ts";
import {
  judge,
  type Threshold,
  THRESHOLDS,
} from "../../../../services/post_processor_manager/instrument/thresholds.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { healthOf, verdictFactsOf } from "../../../helpers/verdict_facts.ts";

/** Facts that differ from those of a healthy run in what one check looks at. */
const WITH: Record<keyof typeof THRESHOLDS, (value: number) => Partial<VerdictFacts>> = {
  successes: (succeeded) => ({ succeeded }),
  missingRecords: (missing) => ({ missing }),
  clientLimits: (outOfPorts) => ({ outOfPorts }),
  clientLimitsShare: (percent) => ({ outOfFiles: percent * 10 }),
  scheduleLateness: (p99Ms) => ({
    lateness: { ...HEALTHY.lateness!, judged: { requests: 500, p50Ms: 0, p90Ms: 0, p99Ms } },
  }),
  rateKept: (percent) => ({
    arrivals: {
      ...HEALTHY.arrivals,
      sent: { ...HEALTHY.arrivals.sent, ratePerSecond: percent },
    },
  }),
  rateAsked: (percent) => ({
    gapShape: null,
    arrivals: {
      ...HEALTHY.arrivals,
      scheduled: { ...HEALTHY.arrivals.scheduled, ratePerSecond: percent },
    },
  }),
  arrivalPattern: (distance) => ({
    arrivals: {
      ...HEALTHY.arrivals,
      sent: { ...HEALTHY.arrivals.sent, ks: { distance, pValue: 1e-9 } },
    },
  }),
  concurrencyKept: (percent) => ({
    concurrency: {
      asked: 100,
      avg: 50,
      max: 100,
      steady: { avg: percent, used: percent, windowMs: 5_000 },
    },
  }),
  traceKept: (percent) => ({
    arrivals: { ...HEALTHY.arrivals, moved: { requests: percent * 10, maxMs: 50 } },
  }),
  rampFinished: (percent) => ({
    ramps: [{ flag: "--x-ramp-duration", load: "--x 5", lastsMs: 60_000 }],
    sendingMs: 60_000 * (1 - percent / 100),
  }),
  capHeldBack: (percent) => ({
    heldBy: "--concurrency 2",
    arrivals: {
      ...HEALTHY.arrivals,
      wasCapped: true,
      sent: { ...HEALTHY.arrivals.sent, ratePerSecond: percent },
    },
  }),
  workerBusy: (percent) => ({ workers: workers({ cpuShare: percent / 100 }) }),
  pacerBusy: (percent) => ({
    processes: [
      healthOf({ serviceType: "timing_manager", cpuShare: percent / 100 }),
    ],
  }),
  eventLoopLag: (p99Ms) => ({ workers: lagging(p99Ms), median: { name: "TTFT", ms: 1e6 } }),
  lagShare: (percent) => ({ workers: lagging(9), median: { name: "TTFT", ms: 900 / percent } }),
  machineBusy: (percent) => ({ machine: { ...HEALTHY.machine!, cpuShare: percent / 100 } }),
  stolenTime: (percent) => ({ machine: { ...HEALTHY.machine!, stealShare: percent / 100 } }),
};

const HEALTHY = verdictFactsOf();

function workers(...changes: Parameters<typeof healthOf>): WorkerReport[] {
  const [change] = changes;
  return [{ workerId: "worker_0", requests: 1, health: healthOf(change) }];
}

function lagging(p99Ms: number): WorkerReport[] {
  return workers({ lag: { samples: 100, p50Ms: 0, p99Ms, maxMs: p99Ms } });
}

function verdictWith(change: Partial<VerdictFacts>) {
  return verdictOn(verdictFactsOf(change));
}

Deno.test("a healthy run is VALID, with nothing to say against it and nothing left unjudged", () => {
  assertEquals(verdictOn(HEALTHY), {
    verdict: "VALID",
    reasons: [],
    unjudged: [],
    notes: [],
  });
});

for (const [name, threshold] of Object.entries<Threshold>(THRESHOLDS)) {
  const factsWith = WITH[name as keyof typeof THRESHOLDS];
  Deno.test(`a run just on the good side of ${threshold.check} has nothing to say of it`, () => {
    const limit = threshold.suspect ?? threshold.invalid!;
    const { reasons } = verdictWith(factsWith(inside(limit, threshold)));
    // A share of requests has a count of them too.
    const others = name === "clientLimitsShare" ? [THRESHOLDS.clientLimits.check] : [];
    assertEquals<string[]>(reasons.map(({ check }) => check), others);
  });

  for (const level of ["SUSPECT", "INVALID"] as const) {
    const limit = level === "SUSPECT" ? threshold.suspect : threshold.invalid;
    if (limit === null) continue;
    Deno.test(`a run at the limit of ${threshold.check} is ${level}, which says so`, () => {
      const { verdict, reasons } = verdictWith(factsWith(limit + bad(threshold) * 1e-9));
      assertEquals(verdict, level);
      assertEquals(reasons.map(({ check }) => check), [threshold.check]);
    });
  }

  if (threshold.suspect !== null && threshold.invalid !== null) {
    Deno.test(`a run just before the second limit of ${threshold.check} is SUSPECT`, () => {
      assertEquals(
        verdictWith(factsWith(inside(threshold.invalid!, threshold))).verdict,
        "SUSPECT",
      );
    });
  }
}

/** The direction in which values get worse. */
function bad({ isLower }: Threshold): number {
  return isLower ? -1 : 1;
}

function inside(limit: number, threshold: Threshold): number {
  const isCount = threshold.unit === "requests";
  return limit - bad(threshold) * (isCount ? 1 : 1e-6 * limit);
}

Deno.test("judge takes the limits themselves for bad, on whichever side bad is", () => {
  const upper: Threshold = {
    check: "x",
    what: "x",
    unit: "",
    suspect: 5,
    invalid: 10,
    isLower: false,
    from: "always",
  };
  const lower: Threshold = { ...upper, suspect: 10, invalid: 5, isLower: true };
  const verdicts = (threshold: Threshold): Verdict[] =>
    [4, 5, 9, 10, 11].map((value) => judge(value, threshold));
  assertEquals(verdicts(upper), ["VALID", "SUSPECT", "SUSPECT", "INVALID", "INVALID"]);
  assertEquals(verdicts(lower), ["INVALID", "INVALID", "SUSPECT", "SUSPECT", "VALID"]);
});

Deno.test("the gravest reason comes first and is the verdict", () => {
  const { verdict, reasons } = verdictWith({
    ...WITH.scheduleLateness(150),
    ...WITH.workerBusy(85),
    ...WITH.stolenTime(6),
  });
  assertEquals(verdict, "INVALID");
  assertEquals(reasons.map(({ level }) => level), ["INVALID", "SUSPECT", "SUSPECT"]);
  assertEquals(reasons[0]!.check, "schedule_lateness");
});

Deno.test("busy workers are counted, the error estimated and the remedy named", () => {
  const report = (id: number, cpuShare: number): WorkerReport => ({
    workerId: `worker_${id}`,
    requests: 1,
    health: healthOf({ cpuShare, lag: { samples: 900, p50Ms: 1, p99Ms: 3.1, maxMs: 9 } }),
  });
  const { verdict, reasons } = verdictWith({
    workers: [report(0, 0.95), report(1, 0.2), report(2, 0.83), report(3, 0.3)],
  });
  assertEquals(verdict, "INVALID");
  assertEquals(
    reasons[0]!.text,
    "2 of 4 workers were 95 % busy; TTFT may be up to 3.1 ms too high: use --workers-max 8 or a " +
      "bigger machine.",
  );
});

Deno.test("more workers are not the remedy where no CPU is left for them", () => {
  const machine = { ...HEALTHY.machine!, cpus: 1 };
  const { reasons } = verdictWith({ ...WITH.workerBusy(99), machine });
  assertStringIncludes(reasons[0]!.text, ": use a bigger machine.");
});

Deno.test("more workers are not the remedy of a busy machine, or of so few requests at once", () => {
  const machine = (cpus: number, cpuShare: number) => ({
    ...WITH.eventLoopLag(20),
    machine: { ...HEALTHY.machine!, cpus, cpuShare },
  });
  const remedy = (facts: Partial<VerdictFacts>) => verdictWith(facts).reasons[0]!.text;
  assertStringIncludes(remedy(machine(2, 0.5)), "or use --workers-max 2 or a bigger machine.");
  assertStringIncludes(remedy(machine(2, 0.51)), "off this machine, or use a bigger machine.");
  assertStringIncludes(remedy(machine(16, 0.94)), "off this machine, or use a bigger machine.");
  const closed = (asked: number) =>
    remedy({
      ...WITH.eventLoopLag(20),
      concurrency: {
        asked,
        avg: asked,
        max: asked,
        steady: { avg: asked, used: asked, windowMs: 5_000 },
      },
    });
  assertStringIncludes(closed(1), "off this machine, or use a bigger machine.");
  assertStringIncludes(closed(2), "or use --workers-max 2 or a bigger machine.");
});

Deno.test("slots that conversations keep in their pauses are in use, and what waits to go on is not", () => {
  const of = (used: number) =>
    verdictWith({
      hasLaterTurns: true,
      concurrency: { asked: 8, avg: 2, max: 8, steady: { avg: 2, used, windowMs: 2_000 } },
    });
  assertEquals([of(7.61).verdict, of(7.6).verdict, of(6.4).verdict], [
    "VALID",
    "SUSPECT",
    "INVALID",
  ]);
  assertStringIncludes(
    of(6.4).reasons[0]!.text,
    "On average 6.4 of 8 slots were in use, for requests or the pauses between turns: from an " +
      "answer to the next request it takes 16.0 ms, too long next to the answers.",
  );
  assertEquals(of(7.9).notes, [
    "Conversations keep their slots in the pauses between their turns: what is judged is how many " +
    "slots were in use, not how many requests were in flight.",
  ]);
});

Deno.test("where too little is known of the slots in use, it is said that they are not judged", () => {
  const concurrency = { asked: 8, avg: 4, max: 8, steady: null };
  assertEquals(verdictWith({ concurrency }).unjudged, ["the concurrency"]);
  assertEquals(verdictWith({ hasLaterTurns: true, concurrency }).unjudged, ["the concurrency"]);
  const held = { hasLaterTurns: true, concurrency, prefill: { asked: 2, max: 2 } };
  const { verdict, unjudged, notes } = verdictWith(held);
  assertEquals([verdict, unjudged, notes], ["VALID", [], [
    "Conversations keep their slots in the pauses between their turns: under a prefill limit it is " +
    "not judged how many requests were in flight.",
  ]]);
  assertEquals(verdictWith({ hasLaterTurns: true }).notes, []);
});

Deno.test("the reason for lateness names the part that took the most", () => {
  const parts = (change: object) => {
    const lateness = { ...HEALTHY.lateness!, ...WITH.scheduleLateness(20).lateness, ...change };
    return verdictWith({ lateness }).reasons[0]!.text;
  };
  const latest = { issueMs: 6, handOverMs: 6, workerMs: 6 };
  const with7 = (part: object) => parts({ latest: { ...latest, ...part } });
  assertStringIncludes(with7({ workerMs: 7 }), "most of it in the workers");
  assertStringIncludes(with7({ handOverMs: 7 }), "most of it on the way to the workers");
  assertStringIncludes(with7({ issueMs: 7 }), "most of it before the timing manager let them go");
});

Deno.test("a run of ten cold requests gets no verdict on what cannot be judged, and is told so", () => {
  const { verdict, reasons, unjudged, notes } = verdictWith({
    lateness: { ...HEALTHY.lateness!, judged: null, cold: { requests: 10, maxMs: 132 } },
    arrivals: {
      ...HEALTHY.arrivals,
      scheduled: { ...HEALTHY.arrivals.scheduled, count: 10 },
      sent: {
        count: 10,
        ratePerSecond: 20,
        gapCv: 3,
        ks: { distance: 0.7, pValue: 1e-5 },
        unevenGaps: null,
      },
    },
    workers: workers({
      cpuShare: null,
      watchedMs: 0,
      lag: { samples: 5, p50Ms: 50, p99Ms: 90, maxMs: 90 },
    }),
    processes: [],
  });
  assertEquals([verdict, reasons], ["VALID", []]);
  assertEquals(unjudged, [
    "the CPU time of the workers",
    "the event loops of the workers",
    "how late requests left",
    "the rate",
    "the pattern of the arrivals",
  ]);
  assertEquals(notes, [
    "The first 10 requests met a cold start and left up to 132 ms late; --warmup-request-count " +
    "keeps such requests out of the results.",
  ]);
});

Deno.test("fewer than a hundred requests are judged by their 90th percentile, fewer than ten not at all", () => {
  const of = (requests: number) =>
    verdictWith({
      lateness: { ...HEALTHY.lateness!, judged: { requests, p50Ms: 0.4, p90Ms: 11, p99Ms: 200 } },
    });
  assertEquals(of(9).verdict, "VALID");
  assertEquals(of(10).verdict, "SUSPECT");
  assertStringIncludes(of(10).reasons[0]!.text, "Requests left up to 11.0 ms (p90)");
  assertEquals(of(99).verdict, "SUSPECT");
  assertEquals(of(100).verdict, "INVALID");
});

Deno.test("a loop that was blocked so much that it was seldom looked at is judged all the same", () => {
  const of = (samples: number, watchedMs: number) =>
    verdictWith({
      workers: workers({ watchedMs, lag: { samples, p50Ms: 90, p99Ms: 500, maxMs: 500 } }),
    }).verdict;
  assertEquals(of(99, 2_999), "VALID");
  assertEquals(of(100, 2_000), "INVALID");
  assertEquals(of(8, 3_000), "INVALID");
});

Deno.test("a small lag is no share of anything, however quick the server", () => {
  const quick = { name: "TTFT", ms: 1 };
  assertEquals(verdictWith({ workers: lagging(4.9), median: quick }).verdict, "VALID");
  const { verdict, reasons } = verdictWith({ workers: lagging(5), median: quick });
  assertEquals(verdict, "INVALID");
  assertStringIncludes(reasons[0]!.text, "500 % of the median TTFT");
});

Deno.test("without success and without health there is still a verdict", () => {
  const { verdict, notes } = verdictWith({
    median: null,
    lateness: null,
    concurrency: null,
    workers: [],
    processes: [],
    machine: null,
  });
  assertEquals(verdict, "VALID");
  assertEquals(notes.at(-1), "The system does not tell how busy the machine was.");
});

Deno.test("of a run that was killed nothing is said of what only its end would have told", () => {
  const { verdict, notes } = verdictWith({
    isHealthKnown: false,
    workers: [{ workerId: "worker_0", requests: 1_000, health: null }],
    processes: [],
    machine: null,
  });
  assertEquals([verdict, notes], ["VALID", [
    "How busy processes and machine were is not known: the tool ended before it could say so.",
  ]]);
});

Deno.test("every check has a name of its own, and limits in the right order", () => {
  const all = Object.values<Threshold>(THRESHOLDS);
  assertEquals(new Set(all.map(({ check }) => check)).size, all.length);
  for (const { suspect, invalid, isLower, check } of all) {
    assert(suspect !== null || invalid !== null, check);
    if (suspect !== null && invalid !== null) assertEquals(suspect > invalid, isLower, check);
  }
});

Deno.test("a run in which nothing succeeded is not VALID: there is nothing to judge", () => {
  const { verdict, reasons } = verdictWith({ succeeded: 0, median: null });
  assertEquals(verdict, "INVALID");
  assertStringIncludes(reasons[0]!.text, "there is nothing to judge");
  assertEquals(verdictWith({ succeeded: 1 }).verdict, "VALID");
  const unsent = verdictWith({ succeeded: 0, median: null, lateness: null });
  assertStringIncludes(unsent.reasons[0]!.text, "No request was sent: there is nothing to judge.");
});
