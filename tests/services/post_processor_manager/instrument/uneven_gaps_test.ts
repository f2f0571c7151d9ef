import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { UnevenGaps } from "../../../../common/model/instrument.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import type { LoadPlan } from "../../../../common/model/run_config.ts";
import { deriveRandom } from "../../../../common/runtime/random.ts";
import { arrivalsReport } from "../../../../services/post_processor_manager/instrument/arrivals.ts";
import { loadFacts } from "../../../../services/post_processor_manager/instrument/load_facts.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { openLoad } from "../../../helpers/phase_plan.ts";
import { delayOf, verdictFactsOf } from "../../../helpers/verdict_facts.ts";
import { arrival, CONSTANT, reportOn, run } from "./reporting.ts";

const MS = 1e6;
const { arrivals: ARRIVALS } = verdictFactsOf();

/** The uneven gaps of requests that were due every 10 ms, and left so many milliseconds after. */
function unevenOf(
  lateMs: readonly number[],
  { load = CONSTANT, coldEndMs = 0, dueMs = (index: number) => index * 10 } = {},
) {
  const dueNs = Float64Array.from(lateMs, (_, i) => dueMs(i) * MS);
  const sentNs = dueNs.map((due, i) => due + lateMs[i]! * MS);
  const { scheduled, sent } = arrivalsReport(
    { dueNs, sentNs },
    loadFacts({ load, prefill: null }),
    {
      issued: lateMs.length,
      unsent: 0,
      overdue: 0,
      wasCapped: false,
      moved: null,
      meanAskedPerSecond: null,
      rampEndNs: null,
      coldEndNs: coldEndMs * MS,
    },
  );
  return { scheduled: scheduled.unevenGaps, sent: sent.unevenGaps };
}

Deno.test("a gap of a constant rate is uneven from half of it too much or too little on", () => {
  assertEquals(unevenOf([0, 5]).sent, { gaps: 1, share: 1 }); // 15 ms
  assertEquals(unevenOf([5, 0]).sent, { gaps: 1, share: 1 }); // 5 ms
  assertEquals(unevenOf([0, 4.999, 0]).sent, { gaps: 2, share: 0 });
  assertEquals(unevenOf([3, 3, 3]).scheduled, { gaps: 2, share: 0 });
});

Deno.test("uneven gaps are those that a slow count of them finds", () => {
  const lateMs = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 40 });
  fc.assert(fc.property(lateMs, (late) => {
    const sent = late.map((ms, i) => i * 10 + ms).sort((a, b) => a - b);
    let uneven = 0;
    for (const [i, at] of sent.entries()) {
      if (i > 0 && ![6, 7, 8, 9, 10, 11, 12, 13, 14].includes(at - sent[i - 1]!)) uneven++;
    }
    assertEquals(unevenOf(late).sent, { gaps: late.length - 1, share: uneven / (late.length - 1) });
  }));
});

Deno.test("jitter makes as many gaps uneven as theory has it", () => {
  const random = deriveRandom(11, "jitter");
  for (const jitterMs of [4, 6, 8, 9.5]) {
    const late = Array.from({ length: 20_000 }, () => jitterMs * random.next());
    // The difference of two that are uniform has a triangular distribution.
    const expected = Math.max(0, 1 - 5 / jitterMs) ** 2;
    assertAlmostEquals(unevenOf(late).sent!.share, expected, 0.01, `${jitterMs} ms`);
  }
});

Deno.test("one pause counts for itself and for those that were due in it, whatever its length", () => {
  const held = (fromMs: number, untilMs: number) => (_: unknown, i: number) =>
    i * 10 > fromMs && i * 10 < untilMs ? untilMs - i * 10 : 0;
  // Those due at 110 to 150 ms leave at 159 ms: a gap of 59 ms, four of none, one of 1 ms.
  assertEquals(unevenOf(Array.from({ length: 1_001 }, held(100, 159))).sent, {
    gaps: 1_000,
    share: 0.006,
  });
});

Deno.test("what was due in a cold start counts only where all was due in it", () => {
  const late = [90, 80, 70, 60, 50, 40, 30, 20, 10, 0, 0, 0, 0];
  assertEquals(unevenOf(late).sent, { gaps: 12, share: 9 / 12 });
  assertEquals(unevenOf(late, { coldEndMs: 100 }).sent, { gaps: 2, share: 0 });
  assertEquals(unevenOf(late, { coldEndMs: 121 }).sent, { gaps: 12, share: 9 / 12 });
  assertEquals(unevenOf(late, { coldEndMs: 120 }).sent, null);
});

Deno.test("only a constant rate has uneven gaps", () => {
  const loads: LoadPlan[] = [
    openLoad(100, { arrivals: "poisson" }),
    openLoad(100, { arrivals: "gamma" }),
    openLoad(100, {
      rateSeries: [{ atMs: 0, ratePerSecond: 100 }, { atMs: 500, ratePerSecond: 200 }],
    }),
    { kind: "closed", concurrency: 2, concurrencyRampMs: 0 },
    { kind: "user_centric", ratePerSecond: 100, users: 5 },
  ];
  for (const load of loads) {
    assertEquals(unevenOf([0, 9, 0], { load }), { scheduled: null, sent: null }, load.kind);
  }
});

/** The verdict on a constant rate with so many uneven gaps, in the schedule and as sent. */
function verdictOf(
  sent: UnevenGaps,
  scheduledShare = 0,
  change: Partial<typeof ARRIVALS> = {},
  waited = 0,
) {
  const scheduled = { gaps: sent.gaps, share: scheduledShare };
  const constant = { ...ARRIVALS.sent, gapCv: 0.4, ks: null };
  const slotWait = waited === 0 ? null : { requests: waited, ...delayOf(3) };
  return verdictOn(verdictFactsOf({
    gapShape: null,
    lateness: { ...verdictFactsOf().lateness!, slotWait },
    arrivals: {
      ...ARRIVALS,
      pattern: "constant",
      scheduled: { ...constant, ratePerSecond: 100, unevenGaps: scheduled },
      sent: { ...constant, unevenGaps: sent },
      ...change,
    },
  }));
}

Deno.test("uneven gaps are SUSPECT from 0.15 on and INVALID from 0.3 on, and the reason says so", () => {
  const of = (share: number) => verdictOf({ gaps: 999, share });
  assertEquals(of(0.149), { verdict: "VALID", reasons: [], unjudged: [], notes: [] });
  assertEquals([of(0.15).verdict, of(0.299).verdict, of(0.3).verdict], [
    "SUSPECT",
    "SUSPECT",
    "INVALID",
  ]);
  assertEquals(of(0.27).reasons, [{
    check: "arrival_pattern",
    level: "SUSPECT",
    text: "27 % of the pauses between requests differ from the 10.0 ms asked for by half of that " +
      "or more: requests left late and in bunches. Use a lower rate, or a bigger machine.",
  }]);
});

Deno.test("gaps that the schedule itself leaves uneven are not held against the sending", () => {
  const of = (scheduled: number, sent: number) => verdictOf({ gaps: 999, share: sent }, scheduled);
  assertEquals([of(0.5, 0.5).verdict, of(0.25, 0.39).verdict], ["VALID", "VALID"]);
  assertEquals([of(0.25, 0.4).verdict, of(0.1, 0.41).verdict], ["SUSPECT", "INVALID"]);
  assertStringIncludes(of(0.1, 0.41).reasons[0]!.text, "41 % of the pauses between");
  assertStringIncludes(of(0.1, 0.41).reasons[0]!.text, " or more (in the schedule: 10 %): ");
});

Deno.test("uneven gaps are judged only of enough requests, few of which had to wait, and from 1 ms on", () => {
  const of = (gaps: number, change: Partial<typeof ARRIVALS> = {}) =>
    verdictOf({ gaps, share: 0.9 }, 0, change);
  assertEquals([of(98).reasons, of(98).unjudged], [[], ["the pattern of the arrivals"]]);
  assertEquals([of(99).reasons.length, of(99).unjudged], [1, []]);
  assertEquals(of(999, { wasCapped: true }).reasons, []);
  const isTold = (askedRatePerSecond: number) =>
    of(999, { askedRatePerSecond }).reasons.some(({ check }) => check === "arrival_pattern");
  assertEquals([isTold(1_000), isTold(1_001)], [true, false]);
});

Deno.test("a limit that few waited for is no excuse for the pattern of the others", () => {
  const of = (waited: number, unsent = 0) =>
    verdictOf({ gaps: 999, share: 0.9 }, 0, { wasCapped: true, unsent }, waited)
      .reasons.map(({ check }) => check);
  assertEquals([of(9), of(10)], [["arrival_pattern"], []]);
  assertEquals([of(1, 9), of(1, 10)], [["arrival_pattern"], []]);
});

/** Requests of a constant rate of 200/s that were sent so late. */
function twiceAsFast(count: number, lateMs: (index: number) => number): RequestRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const { dueNs, sentNs, ...record } = arrival(i, lateMs(i));
    const soonerNs = dueNs / 2;
    return {
      ...record,
      dueNs: soonerNs,
      issuedNs: soonerNs,
      receivedNs: soonerNs,
      sentNs: sentNs! - soonerNs,
    };
  });
}

Deno.test("a client that bunches within the lateness that is forgiven is found out all the same", () => {
  const checks = (records: RequestRecord[], load = CONSTANT) => {
    const { instrument: { reasons, lateness, arrivals } } = reportOn(records, { load });
    return {
      found: reasons.map(({ check, level }) => [check, level]),
      p99Ms: Math.round(lateness!.judged!.p99Ms),
      share: arrivals.sent.unevenGaps!.share,
    };
  };
  const none = { found: [], p99Ms: 1, share: 0 };
  assertEquals(checks(run(1_000, () => 0.6)), none);
  const inPairs = (lateMs: number) => (i: number) => i % 2 === 0 ? lateMs : 0.1;
  const found = [["arrival_pattern", "INVALID"]];
  assertEquals(checks(run(1_000, inPairs(9))), { found, p99Ms: 9, share: 1 });
  assertEquals(checks(twiceAsFast(1_000, () => 0.6), openLoad(200)), none);
  assertEquals(checks(twiceAsFast(1_000, inPairs(5)), openLoad(200)), {
    found,
    p99Ms: 5,
    share: 1,
  });
  // A gap too long and one too short for each of those.
  const sometimes = (every: number) => (i: number) => i % every === 0 ? 9 : 0.1;
  assertEquals(checks(run(1_000, sometimes(12))).found, [["arrival_pattern", "SUSPECT"]]);
  assertEquals(checks(run(1_000, sometimes(14))).found, []);
});
