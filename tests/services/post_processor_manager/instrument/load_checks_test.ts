import { assertEquals, assertStringIncludes } from "@std/assert";
import type { VerdictFacts } from "../../../../services/post_processor_manager/instrument/finding.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { verdictFactsOf } from "../../../helpers/verdict_facts.ts";

const HEALTHY = verdictFactsOf();

function verdictWith(change: Partial<VerdictFacts>) {
  return verdictOn(verdictFactsOf(change));
}

/** The lateness of a healthy run in which so many requests waited so long for a slot. */
function waitedFor(waitMs: number, requests: number): VerdictFacts["lateness"] {
  const { lateness } = HEALTHY;
  if (requests === 0) return lateness;
  const wait = { avgMs: waitMs, p50Ms: waitMs, p90Ms: waitMs, p99Ms: waitMs, maxMs: waitMs };
  return { ...lateness!, slotWait: { requests, ...wait } };
}

Deno.test("a schedule below the rate asked for is told of, with what there was too little of", () => {
  const slow = (change: Partial<VerdictFacts["arrivals"]> = {}) =>
    verdictWith({
      gapShape: null,
      arrivals: {
        ...HEALTHY.arrivals,
        scheduled: { ...HEALTHY.arrivals.scheduled, ratePerSecond: 60 },
        sent: { ...HEALTHY.arrivals.sent, ratePerSecond: 60 },
        ...change,
      },
    });
  assertEquals(slow().verdict, "SUSPECT");
  assertEquals(
    slow().reasons[0]!.text,
    "Requests were due at 60.0/s where 100.0/s were asked for (60.0 %): there were not always " +
      "conversations with a turn ready. Use a lower rate or more --num-sessions.",
  );
  assertStringIncludes(slow({ pattern: "user_centric" }).reasons[0]!.text, "more --num-users.");
  assertEquals(slow({ wasCapped: true }).reasons, []);
  assertEquals(slow({ askedRatePerSecond: null }).reasons, []);
});

Deno.test("a series of rates is held to the requests that it asks for, but not by chance", () => {
  // A hundred a second on average over 10 s.
  const of = (count: number, gapShape: number | null, wasCapped = false) =>
    verdictWith({
      gapShape,
      sendingMs: 10_000,
      arrivals: {
        ...HEALTHY.arrivals,
        askedRatePerSecond: null,
        meanAskedRatePerSecond: 100,
        wasCapped,
        // By the gaps alone a late start or an early end would not be seen.
        scheduled: { ...HEALTHY.arrivals.scheduled, count, ratePerSecond: 100 },
        sent: { ...HEALTHY.arrivals.sent, count, ratePerSecond: 100, ks: null },
      },
    }).reasons.map(({ text }) => text);
  assertEquals([of(1_000, null), of(951, null), of(500, null, true)], [[], [], []]);
  assertEquals(of(950, null), [
    "Requests were due at 95.0/s where 100.0/s were asked for (95.0 %): there were not always " +
    "conversations with a turn ready. Use a lower rate or more --num-sessions.",
  ]);
  // A ninth less than asked for, in standard errors of 1 / sqrt(900 * shape).
  assertEquals([of(900, 0.8).length, of(900, 0.9).length], [0, 1]);
});

Deno.test("requests that were due and never sent are no part of a rate that was kept", () => {
  const of = (neverSent: number, arrivals = HEALTHY.arrivals) =>
    verdictWith({ neverSent, arrivals });
  assertEquals([of(10).verdict, of(11).verdict, of(52).verdict, of(53).verdict], [
    "VALID",
    "SUSPECT",
    "SUSPECT",
    "INVALID",
  ]);
  assertStringIncludes(
    of(53).reasons[0]!.text,
    "53 of the 1053 requests that were due were not sent before the run ended, or their time was " +
      "up: this machine cannot keep the rate.",
  );
  const few = { ...HEALTHY.arrivals.sent, count: 50 };
  assertEquals(of(49, { ...HEALTHY.arrivals, sent: few }).reasons, []);
  // A limit holds back what is still to be let go, and nothing after that.
  assertEquals(of(10, { ...HEALTHY.arrivals, wasCapped: true }).verdict, "VALID");
  assertEquals(of(500, { ...HEALTHY.arrivals, wasCapped: true }).verdict, "INVALID");
});

Deno.test("what was never sent is not taken for a schedule that was short of turns", () => {
  const scheduled = { ...HEALTHY.arrivals.scheduled, ratePerSecond: 50 };
  const of = (neverSent: number) =>
    verdictWith({ neverSent, arrivals: { ...HEALTHY.arrivals, scheduled } })
      .reasons.map(({ check }) => check);
  assertEquals(of(1_000), ["rate_kept"]);
  assertEquals(of(10), ["rate_asked"]);
});

Deno.test("a random schedule that is slow by chance is no reason, a slow one of many gaps is", () => {
  const of = (count: number, gapShape: number) =>
    verdictWith({
      gapShape,
      arrivals: {
        ...HEALTHY.arrivals,
        scheduled: { ...HEALTHY.arrivals.scheduled, count, ratePerSecond: 90 },
        sent: { ...HEALTHY.arrivals.sent, count, ratePerSecond: 90 },
      },
    }).verdict;
  // A ninth more than the mean gap, whose standard error is 1 / sqrt(count * shape).
  assertEquals([of(778, 1), of(779, 1)], ["VALID", "SUSPECT"]);
  assertEquals([of(100, 1), of(100, 8), of(778, 0.3)], ["VALID", "SUSPECT", "VALID"]);
});

Deno.test("gaps that are as they were scheduled are no sign of lateness", () => {
  const odd = { distance: 0.4, pValue: 0 };
  const { scheduled, sent } = HEALTHY.arrivals;
  const found = (ofSchedule: typeof odd) =>
    verdictWith({
      arrivals: {
        ...HEALTHY.arrivals,
        scheduled: { ...scheduled, ks: ofSchedule },
        sent: { ...sent, ks: odd },
      },
    }).verdict;
  assertEquals(found(odd), "VALID");
  assertEquals(found({ distance: 0.02, pValue: 0.8 }), "INVALID");
});

Deno.test("a random pattern of which hardly anything was warm is not judged, and it says so", () => {
  const sent = { ...HEALTHY.arrivals.sent, ks: null };
  const of = (gapShape: number | null) =>
    verdictWith({ gapShape, arrivals: { ...HEALTHY.arrivals, sent } }).unjudged;
  assertEquals([of(1), of(null)], [["the pattern of the arrivals"], []]);
});

Deno.test("what waited for a slot is no fault of this machine's", () => {
  const { sent } = HEALTHY.arrivals;
  const late = { ...sent, ratePerSecond: 50, ks: { distance: 0.6, pValue: 0 } };
  const arrivals = { ...HEALTHY.arrivals, sent: late };
  assertEquals(verdictWith({ arrivals }).verdict, "INVALID");
  const capped = { heldBy: "--concurrency 2", arrivals: { ...arrivals, wasCapped: true } };
  assertEquals(verdictWith(capped).reasons.map(({ check, level }) => [check, level]), [
    ["cap_held_back", "SUSPECT"],
  ]);
});

Deno.test("a cap that held the rate back is named, with what came of the rate and what to do", () => {
  const held = (change: object, gapShape: number | null = null) =>
    verdictWith({
      heldBy: "--concurrency 2",
      gapShape,
      arrivals: { ...HEALTHY.arrivals, wasCapped: true, ...change },
    }).reasons.map(({ text }) => text);
  const { sent, scheduled } = HEALTHY.arrivals;
  const slow = { ...sent, count: 38, ratePerSecond: 9.79, ks: null };
  const remedy =
    ": this is the pace of the server within that limit, as in a closed loop, not the " +
    "load asked for. Raise the limit, or take the rate as that of the server.";
  assertEquals(held({ issued: 38, unsent: 362, sent: slow }), [
    "--concurrency 2 held the rate at 9.8/s of the 100.0/s asked for (38 of the 400 requests that " +
    `were due were sent)${remedy}`,
  ]);
  // A run that ends by a number of requests has sent them all in the end.
  assertEquals(held({ issued: 38, sent: slow }), [
    `--concurrency 2 held the rate at 9.8/s of the 100.0/s asked for${remedy}`,
  ]);
  assertEquals(held({ issued: 38, sent: slow, askedRatePerSecond: null }), [
    "--concurrency 2 held requests back (they took 3.8 s where the schedule has 0.4 s)" + remedy,
  ]);
  assertEquals(held({ issued: 1_000, unsent: 100, sent: { ...sent, ratePerSecond: 100 } }), [
    "--concurrency 2 held requests back (1000 of the 1100 requests that were due were sent)" +
    remedy,
  ]);
  assertEquals(held({ issued: 1_000, unsent: 52 }), []);
  assertEquals(held({ issued: 1_000, unsent: 53 }).length, 1);
  assertEquals(held({ sent, scheduled }), []);
});

Deno.test("a cap is judged from ten requests on that were due, or were sent over a second", () => {
  const of = (issued: number, unsent: number, ratePerSecond: number) =>
    verdictWith({
      heldBy: "--prefill-concurrency 1",
      arrivals: {
        ...HEALTHY.arrivals,
        wasCapped: true,
        issued,
        unsent,
        sent: { ...HEALTHY.arrivals.sent, count: issued, ratePerSecond, ks: null },
      },
    });
  const unjudged = "the rate";
  assertEquals([of(2, 7, 1).verdict, of(2, 7, 1).unjudged[0]], ["VALID", unjudged]);
  assertEquals(of(2, 8, 1).verdict, "SUSPECT");
  assertEquals([of(9, 0, 8).verdict, of(9, 0, 8).unjudged[0]], ["VALID", unjudged]);
  assertEquals([of(10, 0, 9.1).verdict, of(10, 0, 9).verdict], ["VALID", "SUSPECT"]);
});

Deno.test("turns that a cap made due later are held against the rate asked for, but not by chance", () => {
  const of = (
    hasLaterTurns: boolean,
    gapShape: number | null,
    askedRatePerSecond: number | null,
    waitMs = 1_000,
  ) =>
    verdictWith({
      heldBy: "--concurrency 2",
      hasLaterTurns,
      gapShape,
      lateness: waitedFor(waitMs, 10),
      arrivals: {
        ...HEALTHY.arrivals,
        askedRatePerSecond,
        issued: 300,
        wasCapped: true,
        scheduled: { ...HEALTHY.arrivals.scheduled, count: 300, ratePerSecond: 90 },
        sent: { ...HEALTHY.arrivals.sent, count: 300, ratePerSecond: 90, ks: null },
      },
    }).verdict;
  assertEquals(of(true, null, 100), "SUSPECT");
  // A tenth of the 3.3 s was missing: who waited for less than half of that was not held up by it.
  assertEquals([of(true, null, 100, 167), of(true, null, 100, 166)], ["SUSPECT", "VALID"]);
  assertEquals([of(false, null, 100), of(true, null, null), of(true, 1, 100)], [
    "VALID",
    "VALID",
    "VALID",
  ]);
});

Deno.test("a pattern is judged neither by chance deviations nor where gaps are finer than timers", () => {
  const withKs = (ks: { distance: number; pValue: number }, askedRatePerSecond: number) =>
    verdictWith({
      arrivals: {
        ...HEALTHY.arrivals,
        askedRatePerSecond,
        scheduled: { ...HEALTHY.arrivals.scheduled, ratePerSecond: askedRatePerSecond },
        sent: { ...HEALTHY.arrivals.sent, ratePerSecond: askedRatePerSecond, ks },
      },
    }).verdict;
  assertEquals(withKs({ distance: 0.5, pValue: 0.00099 }, 500), "INVALID");
  assertEquals(withKs({ distance: 0.5, pValue: 0.001 }, 500), "VALID");
  assertEquals(withKs({ distance: 0.5, pValue: 0 }, 501), "VALID");
});

Deno.test("a run that ends before its ramp is told of, with the flag, the load and the time", () => {
  const ramps = [
    { flag: "--concurrency-ramp-duration", load: "--concurrency 20", lastsMs: 60_000 },
    { flag: "--request-rate-ramp-duration", load: "--request-rate 50", lastsMs: 3_000 },
  ];
  const of = (sendingMs: number | null) => verdictWith({ ramps, sendingMs }).reasons;
  assertEquals(of(3_210).map(({ level, text }) => [level, text]), [[
    "SUSPECT",
    "Sending ended after 3.2 s, before the 60.0 s of --concurrency-ramp-duration: the load asked " +
    "for, --concurrency 20, was never reached. Use a shorter ramp, or a longer run.",
  ]]);
  assertEquals(of(2_000).map(({ check }) => check), ["ramp_finished", "ramp_finished"]);
  assertEquals([of(60_000), of(90_000), of(null)], [[], [], []]);
});

Deno.test("after a ramp the schedule, the rate and the pattern are held to what was asked for", () => {
  const { scheduled, sent } = HEALTHY.arrivals;
  const growing = { count: 1_000, ratePerSecond: 60, gapCv: 2, ks: null, unevenGaps: null };
  const of = (scheduledRate: number, sentRate: number, change: object = {}) =>
    verdictWith({
      gapShape: null,
      arrivals: {
        ...HEALTHY.arrivals,
        scheduled: growing,
        sent: growing,
        steady: {
          scheduled: { ...scheduled, ratePerSecond: scheduledRate },
          sent: { ...sent, ratePerSecond: sentRate, ks: null, ...change },
        },
      },
    });
  assertEquals(of(100, 100).reasons, []);
  assertEquals(of(90, 90).reasons.map(({ check }) => check), ["rate_asked"]);
  assertEquals(of(100, 94).reasons.map(({ check, level }) => [check, level]), [
    ["rate_kept", "INVALID"],
  ]);
  const odd = { ks: { distance: 0.5, pValue: 0 } };
  assertEquals(of(100, 100, odd).reasons.map(({ check }) => check), ["arrival_pattern"]);
  // Too little came after the ramp: the run as a whole is judged all the same.
  assertEquals(of(100, 94, { count: 99 }).reasons, []);
  assertEquals(of(100, 94, { count: 99 }).unjudged, []);
});

Deno.test("that answers were kept open is noted from 10 ms on", () => {
  assertEquals(verdictWith({ keptOpenMs: 9.9 }).notes, []);
  const { verdict, notes } = verdictWith({ keptOpenMs: 152.9 });
  assertEquals([verdict, notes], ["VALID", [
    "The server kept its answers open for 153 ms on average after their last bytes: until then they " +
    "are in flight, and nothing takes their place.",
  ]]);
});

Deno.test("slots that a prefill limit keeps empty are its fault, those that wait for us are ours", () => {
  // So many of ten in flight, and so much of the limit in use while requests waited for it.
  const of = (avg: number, limitUse: number | null) =>
    verdictWith({
      concurrency: { asked: 10, avg, max: 10, steady: { avg, used: avg, windowMs: 2_000 } },
      prefill: { asked: 2, max: 2 },
      limitUse,
    }).reasons;
  const checksOf = (avg: number, limitUse: number | null) =>
    of(avg, limitUse).map(({ check, level }) => [check, level]);
  assertEquals(checksOf(9.6, 1), []);
  assertEquals(checksOf(9.6, 0.2), []);
  // All of it is the limit's.
  assertEquals(checksOf(5, 1), [["cap_held_back", "SUSPECT"]]);
  assertEquals(
    of(5, 0.96)[0]!.text,
    "--prefill-concurrency 2 left room for 5.2 of 10 requests in flight on average. Raise it, or " +
      "take the result as that of this limit rather than of the concurrency.",
  );
  // All of it is ours: with each of its slots in use there would have been ten.
  assertEquals(checksOf(5, 0.5), [["concurrency_kept", "INVALID"]]);
  assertEquals(checksOf(5, 0.1), [["concurrency_kept", "INVALID"]]);
  assertEquals(checksOf(9, 0.9), [["concurrency_kept", "SUSPECT"]]);
  assertStringIncludes(
    of(9, 0.9)[0]!.text,
    "On average 9.0 of 10 requests were in flight: from an",
  );
  // Some of both.
  assertEquals(checksOf(5, 0.9), [
    ["concurrency_kept", "SUSPECT"],
    ["cap_held_back", "SUSPECT"],
  ]);
  assertEquals(checksOf(0.27, 0.27), [
    ["concurrency_kept", "INVALID"],
    ["cap_held_back", "SUSPECT"],
  ]);
  assertStringIncludes(
    of(0.27, 0.27)[0]!.text,
    "On average 0.3 requests were in flight where --prefill-concurrency 2 leaves room for 1.0: " +
      "from a first token to the next request it takes too long",
  );
  // Nobody had to wait for it.
  assertEquals(checksOf(5, null), [["concurrency_kept", "INVALID"]]);
});

Deno.test("a cap whose slots stayed empty while requests waited for them is not what held the rate", () => {
  const of = (ratePerSecond: number, limitUse: number | null, count = 1_000) =>
    verdictWith({
      heldBy: "--concurrency 1",
      limitUse,
      arrivals: {
        ...HEALTHY.arrivals,
        wasCapped: true,
        sent: { ...HEALTHY.arrivals.sent, count, ratePerSecond, ks: null },
      },
    }).reasons;
  const checksOf = (...given: Parameters<typeof of>) =>
    of(...given).map(({ check, level }) => [check, level]);
  const cap = ["cap_held_back", "SUSPECT"];
  assertEquals([checksOf(50, null), checksOf(50, 1), checksOf(50, 0.96)], [[cap], [cap], [cap]]);
  assertEquals(checksOf(50, 0.95), [["concurrency_kept", "SUSPECT"], cap]);
  assertEquals(checksOf(40, 0.8), [["concurrency_kept", "INVALID"], cap]);
  // In use all the time, they would have been enough for the whole rate.
  assertEquals(checksOf(40, 0.4), [["concurrency_kept", "INVALID"]]);
  assertEquals(checksOf(90, 0.2), [["concurrency_kept", "SUSPECT"]]);
  assertEquals(checksOf(96, 0.2), []);
  assertStringIncludes(
    of(40, 0.4)[0]!.text,
    "While requests waited for --concurrency 1, 40 % of the slots were in use: until one is used " +
      "again it takes too long next to the answers",
  );
});

Deno.test("requests that ended before they could be cut off are told of, and change no verdict", () => {
  const of = (asked: number, cancelled: number, endedBefore: number) =>
    verdictWith({ cancellation: { asked, cancelled, endedBefore, delayMs: 5_000 } });
  assertEquals([of(20, 0, 20).verdict, of(20, 0, 20).notes], ["VALID", [
    "20 requests were to be cut off 5 s after being sent: 0 were, 20 had ended before. A shorter " +
    "--request-cancellation-delay reaches more.",
  ]]);
  assertStringIncludes(of(2, 1, 1).notes[0]!, ": 1 was, 1 had ended before.");
  assertStringIncludes(of(1, 0, 1).notes[0]!, "1 request was to be cut off");
  assertEquals(of(20, 20, 0).notes, []);
});
