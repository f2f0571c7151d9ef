import type { ArrivalsReport, SteadyArrivals } from "../../../common/model/instrument.ts";
import { moreWorkers, ms, percent, reason, requests, worse } from "./check_parts.ts";
import type { Finding, VerdictFacts } from "./finding.ts";
import {
  FEW_HELD_PERCENT,
  FEWEST_FOR_P99,
  FEWEST_TO_JUDGE,
  FINEST_EVEN_GAP_MS,
  FINEST_GAP_MS,
  KS_SIGNIFICANCE,
  RATE_SIGNIFICANCE,
  SHORTEST_STEADY_MS,
  THRESHOLDS,
} from "./thresholds.ts";

/** Whether requests were sent at the rate that they were scheduled at. */
export function rateKept(facts: VerdictFacts): Finding[] {
  const { arrivals } = facts;
  const { pattern, wasCapped, steady } = arrivals;
  if (pattern === "concurrency") return [];
  // No limit holds back what has been let go, and what is due all at once has no rate.
  if (wasCapped || isAllAtOnce(arrivals)) return neverSentFinding(facts);
  const found = [arrivals, ...steady === null ? [] : [steady]]
    .flatMap((part) => rateFinding(part, facts))
    .concat(neverSentFinding(facts));
  return found.length === 0 ? [{ unjudged: "the rate" }] : [found.reduce(worse)];
}

function isAllAtOnce({ scheduled: { count, ratePerSecond } }: SteadyArrivals): boolean {
  return count > 1 && ratePerSecond === null;
}

/** Of the whole run, or of its part after a ramp; none: there is too little of it. */
function rateFinding({ scheduled, sent }: SteadyArrivals, facts: VerdictFacts): Finding[] {
  const { ratePerSecond: planned } = scheduled;
  const { ratePerSecond: actual } = sent;
  if (planned === null || actual === null) return [];
  const lastsMs = (sent.count - 1) / planned * 1000;
  if (sent.count < FEWEST_FOR_P99 || lastsMs < SHORTEST_STEADY_MS) return [];
  const share = percent(actual, planned);
  const text = `Requests were sent at ${actual.toFixed(1)}/s where ${planned.toFixed(1)}/s were ` +
    `scheduled (${share.toFixed(1)} %): this machine cannot keep the rate. Use a lower rate, or ` +
    `${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.rateKept, share, text)];
}

/** What was never sent has no time that a rate could show. */
function neverSentFinding(facts: VerdictFacts): Finding[] {
  const { neverSent, arrivals: { sent } } = facts;
  const due = sent.count + neverSent;
  if (neverSent === 0 || due < FEWEST_FOR_P99) return [];
  const text =
    `${neverSent} of the ${due} requests that were due were not sent before the run ended, or ` +
    `their time was up: this machine cannot keep the rate. Use a lower rate, or ${
      moreWorkers(facts)
    }.`;
  return [reason(THRESHOLDS.rateKept, percent(sent.count, due), text)];
}

/** Whether the schedule itself had the rate asked for: it has not where nothing was there to send. */
export function rateAsked(facts: VerdictFacts): Finding[] {
  const { arrivals, gapShape } = facts;
  const { pattern, wasCapped } = arrivals;
  const { asked, planned, count } = ratesOf(facts);
  if (asked === null || planned === null || wasCapped || count < FEWEST_FOR_P99) return [];
  if (isByChance(asked / planned, count, gapShape)) return [];
  // What was never sent is missing in the schedule, too, and told of by itself.
  if (neverSentFinding(facts).some((one) => "level" in one && one.level !== "VALID")) return [];
  const share = percent(planned, asked);
  const [why, remedy] = pattern === "user_centric"
    ? ["answers took longer than the pauses of the users, or failed", "--num-users"]
    : ["there were not always conversations with a turn ready", "--num-sessions"];
  const text = `Requests were due at ${planned.toFixed(1)}/s where ${asked.toFixed(1)}/s were ` +
    `asked for (${share.toFixed(1)} %): ${why}. Use a lower rate or more ${remedy}.`;
  return [reason(THRESHOLDS.rateAsked, share, text)];
}

/** What was asked for and what was scheduled, requests a second; of a series, from its start on. */
function ratesOf({ arrivals, sendingMs }: VerdictFacts) {
  const { askedRatePerSecond, meanAskedRatePerSecond } = arrivals;
  const { ratePerSecond, count } = (arrivals.steady ?? arrivals).scheduled;
  if (meanAskedRatePerSecond === null || sendingMs === null) {
    return { asked: askedRatePerSecond, planned: ratePerSecond, count };
  }
  return { asked: meanAskedRatePerSecond, planned: count / sendingMs * 1000, count };
}

/** Whether the turns of a trace were due when it says: not where answers take longer than it leaves for them. */
export function traceKept({ arrivals: { moved, sent } }: VerdictFacts): Finding[] {
  if (moved === null || sent.count < FEWEST_TO_JUDGE) return [];
  const { requests: count, maxMs } = moved;
  const text =
    `${count} of ${requests(sent.count)} were due up to ${seconds(maxMs)} later than the ` +
    "trace says, as the answers before them took longer than it leaves for them: for these the pace is " +
    "the server's, not that of the trace. Take it as that, or stretch the trace.";
  return [reason(THRESHOLDS.traceKept, percent(count, sent.count), text)];
}

/** Whether the gaps between requests are those of the pattern asked for. */
export function arrivalPattern(facts: VerdictFacts): Finding[] {
  const { arrivals } = facts;
  const { askedRatePerSecond: asked } = arrivals;
  if (asked === null || isPatternHeld(facts)) return [];
  const isConstant = arrivals.pattern === "constant";
  if (1000 / asked < (isConstant ? FINEST_EVEN_GAP_MS : FINEST_GAP_MS)) return [];
  return isConstant ? evenGaps(arrivals, asked) : randomGaps(facts);
}

/** Whether more than a few of the arrivals were moved by a limit. */
function isPatternHeld({ arrivals, lateness }: VerdictFacts): boolean {
  const { wasCapped, unsent, sent } = arrivals;
  if (!wasCapped) return false;
  const waited = lateness?.slotWait?.requests ?? sent.count;
  return percent(waited + unsent, sent.count + unsent) >= FEW_HELD_PERCENT;
}

function evenGaps(arrivals: ArrivalsReport, askedPerSecond: number): Finding[] {
  const { sent, scheduled } = arrivals.steady ?? arrivals;
  if (sent.unevenGaps === null || scheduled.unevenGaps === null) return [];
  const { gaps, share } = sent.unevenGaps;
  if (gaps + 1 < FEWEST_FOR_P99) return [{ unjudged: "the pattern of the arrivals" }];
  // A schedule has gaps of its own where no turn was ready.
  const ofSchedule = scheduled.unevenGaps.share;
  const inSchedule = ofSchedule === 0 ? "" : ` (in the schedule: ${shareText(ofSchedule)})`;
  const text = `${shareText(share)} of the pauses between requests differ from the ` +
    `${ms(1000 / askedPerSecond)} asked for by half of that or more${inSchedule}: requests left ` +
    "late and in bunches. Use a lower rate, or a bigger machine.";
  return [reason(THRESHOLDS.arrivalPattern, share - ofSchedule, text)];
}

function randomGaps({ arrivals, gapShape }: VerdictFacts): Finding[] {
  const { pattern } = arrivals;
  const { sent, scheduled } = arrivals.steady ?? arrivals;
  if (sent.ks === null && gapShape === null) return [];
  if (sent.ks === null || sent.count < FEWEST_FOR_P99) {
    return [{ unjudged: "the pattern of the arrivals" }];
  }
  const { distance, pValue } = sent.ks;
  if (pValue >= KS_SIGNIFICANCE) return [];
  // Then requests left when they were due, and it is no lateness that makes the difference.
  if (scheduled.ks !== null && scheduled.ks.pValue < KS_SIGNIFICANCE) return [];
  const text = `The pauses between requests are not the ${pattern} ones asked for ` +
    `(Kolmogorov–Smirnov distance ${distance.toFixed(2)}, p below ${KS_SIGNIFICANCE}): requests ` +
    "left late and in bunches. Use a lower rate, or a bigger machine.";
  return [reason(THRESHOLDS.arrivalPattern, distance, text)];
}

/** Whether the slots of a closed loop were in use. */
export function concurrencyKept(facts: VerdictFacts): Finding[] {
  const { concurrency, arrivals, ramps } = facts;
  if (concurrency === null || concurrency.asked === null) return [];
  const { asked, steady } = concurrency;
  // See the note on such loads.
  if (steady === null && facts.hasLaterTurns && facts.prefill !== null) return [];
  if (steady === null || steady.windowMs < SHORTEST_STEADY_MS) {
    return [{ unjudged: "the concurrency" }];
  }
  const room = roomUnderPrefillLimit(facts, { asked, avg: steady.avg });
  if (room < asked) return prefillKept(facts, { asked, avg: steady.avg, room });
  // By Little's law: how long a slot is empty before it is used again. A ramp has a rate of its own.
  const emptyMs = (asked - steady.used) * 1000 / (arrivals.sent.ratePerSecond ?? Infinity);
  const wait = ramps.length > 0 ? "it takes" : `it takes ${ms(emptyMs)},`;
  const text =
    `On average ${steady.used.toFixed(1)} of ${asked} ${
      facts.hasLaterTurns
        ? "slots were in use, for requests or the pauses between turns"
        : "requests were in flight"
    }: from an answer to the next request ${wait} too long next to the answers. Use a higher ` +
    `--concurrency or a --request-rate, or ${moreWorkers(facts)}.`;
  return [reason(THRESHOLDS.concurrencyKept, percent(steady.used, asked), text)];
}

/**
 * How many requests would have been in flight, had each left as soon as it could: the slots of the
 * limit in use all the time make for more requests by as much, and they by Little's law for as many
 * more in flight.
 */
function roomUnderPrefillLimit(
  { prefill, limitUse }: VerdictFacts,
  { asked, avg }: { asked: number; avg: number },
): number {
  if (prefill === null || limitUse === null || limitUse === 0) return asked;
  return Math.min(asked, avg / limitUse);
}

/** Whether that was kept, and whether it is what was asked for. */
function prefillKept(
  { prefill }: VerdictFacts,
  { asked, avg, room }: { asked: number; avg: number; room: number },
): Finding[] {
  const flag = `--prefill-concurrency ${prefill!.asked}`;
  const kept =
    `On average ${avg.toFixed(1)} requests were in flight where ${flag} leaves room for ` +
    `${
      room.toFixed(1)
    }: from a first token to the next request it takes too long next to the time ` +
    "to first token, and the pace is that of the machine that measures, too. Use longer prompts, a " +
    "higher limit or a bigger machine.";
  const held =
    `${flag} left room for ${room.toFixed(1)} of ${asked} requests in flight on average. ` +
    "Raise it, or take the result as that of this limit rather than of the concurrency.";
  return [
    reason(THRESHOLDS.concurrencyKept, percent(avg, room), kept),
    reason(THRESHOLDS.capHeldBack, percent(room, asked), held),
  ];
}

/** Whether the load has grown to the one asked for. */
export function rampFinished({ ramps, sendingMs }: VerdictFacts): Finding[] {
  if (sendingMs === null) return [];
  return ramps.map(({ flag, load, lastsMs }) => {
    const missing = percent(Math.max(0, lastsMs - sendingMs), lastsMs);
    const text = `Sending ended after ${seconds(sendingMs)}, before the ${seconds(lastsMs)} of ` +
      `${flag}: the load asked for, ${load}, was never reached. Use a shorter ramp, or a longer run.`;
    return reason(THRESHOLDS.rampFinished, missing, text);
  });
}

/**
 * Whether a cap made another load of the one asked for: then it is as closed a loop as the cap, and
 * its rate is the server's, unless slots stayed empty while requests waited for them. The latencies
 * are true all the same.
 */
export function capHeldBack(facts: VerdictFacts): Finding[] {
  const { heldBy, limitUse, arrivals: { pattern, issued, unsent, sent } } = facts;
  if (heldBy === null || sent.count === 0 || pattern === "concurrency") return [];
  const due = issued + unsent;
  const ofDue = due < FEWEST_TO_JUDGE ? null : percent(sent.count, due);
  const ofRate = capRateShare(facts);
  if (ofDue === null && ofRate === null) return [{ unjudged: "the rate" }];
  const share = Math.min(ofDue ?? 100, ofRate ?? 100);
  // With the slots always in use the rate would have been higher by as much.
  const possible = limitUse ? Math.min(100, share / limitUse) : share;
  const text = `${heldBy} held ${whatWasHeld(facts)}: this is the pace of the server within that ` +
    "limit, as in a closed loop, not the load asked for. Raise the limit, or take the rate as that " +
    "of the server.";
  return [
    ...ofRate === null ? [] : slotsUsed(facts, percent(share, possible)),
    reason(THRESHOLDS.capHeldBack, possible, text),
  ];
}

/** `share`: of what could have been sent within the limits, how much was, in per cent. */
function slotsUsed({ heldBy, limitUse }: VerdictFacts, share: number): Finding[] {
  if (limitUse === null) return [];
  const text = `While requests waited for ${heldBy}, ${shareText(limitUse)} of the slots were in ` +
    `use: until one is used again it takes too long next to the answers, and the pace is that of ` +
    "the machine that measures, too. Use a higher limit or a bigger machine.";
  return [reason(THRESHOLDS.concurrencyKept, share, text)];
}

/** Completes "--concurrency 2 held". */
function whatWasHeld({ arrivals }: VerdictFacts): string {
  const { issued, unsent, askedRatePerSecond: asked } = arrivals;
  const { count } = arrivals.sent;
  const { ratePerSecond: actual } = (arrivals.steady ?? arrivals).sent;
  const isSlow = asked !== null && actual !== null && actual < asked;
  const what = isSlow
    ? `the rate at ${perSecond(actual)} of the ${perSecond(asked)} asked for`
    : "requests back";
  if (unsent > 0) {
    return `${what} (${count} of the ${issued + unsent} requests that were due were sent)`;
  }
  const { ratePerSecond: planned } = arrivals.scheduled;
  const { ratePerSecond: overall } = arrivals.sent;
  if (isSlow || overall === null || planned === null) return what;
  const lasts = (rate: number) => seconds((count - 1) / rate * 1000);
  return `${what} (they took ${lasts(overall)} where the schedule has ${lasts(planned)})`;
}

/** The rate under a cap as a share, in per cent, of the one without; null: too little was sent. */
function capRateShare(facts: VerdictFacts): number | null {
  const { arrivals, gapShape, hasLaterTurns, lateness } = facts;
  const { askedRatePerSecond: asked, scheduled, sent } = arrivals;
  if (sent.ratePerSecond === null || scheduled.ratePerSecond === null) return null;
  const lastsMs = (sent.count - 1) / sent.ratePerSecond * 1000;
  if (sent.count < FEWEST_TO_JUDGE || lastsMs < SHORTEST_STEADY_MS) return null;
  const ofSchedule = percent(sent.ratePerSecond, scheduled.ratePerSecond);
  // Turns that wait for the answer before are due later, too, the later that answer comes.
  if (!hasLaterTurns || asked === null || arrivals.steady !== null) return ofSchedule;
  if (isByChance(asked / sent.ratePerSecond, sent.count, gapShape)) return ofSchedule;
  // There may also have been too few of them.
  const missingMs = lastsMs * (1 - sent.ratePerSecond / asked);
  if ((lateness?.slotWait?.maxMs ?? 0) < missingMs / 2) return ofSchedule;
  return Math.min(ofSchedule, percent(sent.ratePerSecond, asked));
}

/** A random pattern has less than its rate by chance, too: in standard errors of the mean gap. */
function isByChance(askedByFound: number, count: number, gapShape: number | null): boolean {
  const standardError = gapShape === null ? 0 : 1 / Math.sqrt(count * gapShape);
  return askedByFound - 1 <= RATE_SIGNIFICANCE * standardError;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function shareText(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

function perSecond(rate: number): string {
  return `${rate.toFixed(1)}/s`;
}
