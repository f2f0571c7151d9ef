import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { InstrumentReport } from "../../../../common/model/instrument.ts";
import { instrumentText } from "../../../../services/post_processor_manager/exporters/instrument_text.ts";
import { inSnakeCase } from "../../../../services/post_processor_manager/exporters/snake_case.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { healthOf, verdictFactsOf } from "../../../helpers/verdict_facts.ts";

function reportOf(change: Parameters<typeof verdictFactsOf>[0] = {}): InstrumentReport {
  const facts = verdictFactsOf(change);
  const { missing: _, median: __, ...rest } = facts;
  return { ...verdictOn(facts), ...rest };
}

Deno.test("instrumentText of a healthy run is a verdict and four lines", () => {
  assertEquals(instrumentText(reportOf(), 200), [
    "Verdict on the measurement: VALID",
    "    Sent after due: 0.50 ms median, 0.50 ms p99, 0.50 ms most (p99 of its parts: issue 0.10, " +
    "hand-over 0.30, worker 0.10).",
    "    Sent: 1,000 of 1,000 requests at 99.90/s (asked: 100.00/s), poisson: variation of the " +
    "gaps 1.00; largest gap error 2.00 ms; Kolmogorov–Smirnov 0.02, p = 0.800.",
    "    In flight: 8.00 on average, 20 at most.",
    "    1 worker: busiest 20 % busy, event loop at most 1.00 ms (p99) and 5.00 ms (most) late, " +
    "machine 30 % busy.",
  ]);
});

Deno.test("instrumentText of a single arrival has no shape to tell of", () => {
  const only = { count: 1, ratePerSecond: null, gapCv: null, ks: null, unevenGaps: null };
  const arrivals = {
    ...verdictFactsOf().arrivals,
    issued: 1,
    scheduled: only,
    sent: only,
    largestGapErrorMs: null,
  };
  assertEquals(
    instrumentText(reportOf({ arrivals }), 200)[3],
    "    Sent: 1 of 1 requests, poisson.",
  );
});

Deno.test("instrumentText tells the mean of the rates that a series asks for", () => {
  const { arrivals } = verdictFactsOf();
  const ofSeries = { ...arrivals, askedRatePerSecond: null, meanAskedRatePerSecond: 62.5 };
  const text = instrumentText(reportOf({ arrivals: ofSeries }), 300).join("\n");
  assertStringIncludes(text, " requests at 99.90/s (asked: 62.50/s on average), poisson");
});

Deno.test("instrumentText says how many waited for a slot in vain", () => {
  const { arrivals, lateness } = verdictFactsOf();
  const moved = { requests: 1_030, maxMs: 700 };
  const slotWait = { requests: 1_100, ...lateness!.issue };
  const line = instrumentText(
    reportOf({
      arrivals: { ...arrivals, moved, wasCapped: true, unsent: 1_234 },
      lateness: { ...lateness!, slotWait },
    }),
    500,
  ).find((text) => text.includes("Sent: "));
  assertStringIncludes(line!, "Sent: 1,000 of 2,234 requests at ");
  assertStringIncludes(
    line!,
    "; 1,030 moved by the answers before them, 700.00 ms at most; 1,100 waited for a slot; 1,234 were due and found none until the end.",
  );
});

Deno.test("instrumentText calls no probability zero", () => {
  const { arrivals } = verdictFactsOf();
  const sent = { ...arrivals.sent, ks: { distance: 0.48, pValue: 1e-9 } };
  const text = instrumentText(reportOf({ arrivals: { ...arrivals, sent } }), 300).join("\n");
  assertStringIncludes(text, "; Kolmogorov–Smirnov 0.48, p below 0.001.");
});

Deno.test("instrumentText tells the rate after a ramp, which is the one that was asked for", () => {
  const { arrivals } = verdictFactsOf();
  const steady = { scheduled: arrivals.scheduled, sent: { ...arrivals.sent, ratePerSecond: 101 } };
  const sent = { ...arrivals.sent, ratePerSecond: 60, ks: null };
  const line = instrumentText(reportOf({ arrivals: { ...arrivals, sent, steady } }), 300)
    .find((text) => text.includes("Sent: "));
  assertStringIncludes(line!, " at 60.00/s, after the ramp at 101.00/s (asked: 100.00/s), poisson");
  assertStringIncludes(line!, "Kolmogorov–Smirnov 0.02");
});

Deno.test("instrumentText says what the connections cost, where that is known", () => {
  const opening = { avgMs: 1.5, p50Ms: 1, p90Ms: 2, p99Ms: 3, maxMs: 4 };
  const lineOf = (connections: InstrumentReport["connections"]) =>
    instrumentText(reportOf({ connections }), 200)[4];
  assertEquals(
    lineOf({ opened: 1_000, reused: 2_000, reconnects: 0, mostOpen: null, failed: 0, opening }),
    "    Connections: 1,000 opened in 1.00 ms (median), 3.00 ms (p99); 2,000 requests on open ones.",
  );
  assertEquals(
    lineOf({ opened: 0, reused: 5, reconnects: 0, mostOpen: 2, failed: 3, opening: null }),
    "    Connections: 0 opened, 2 at once at most, 3 could not be; 5 requests on open ones.",
  );
  assertStringIncludes(
    lineOf({ opened: 1, reused: 1, reconnects: 0, mostOpen: 1, failed: 0, opening: null })!,
    "; 1 request on open ones.",
  );
  assertEquals(
    lineOf({ opened: 1_000, reused: 2, reconnects: 988, mostOpen: 12, failed: 0, opening }),
    "    Connections: 1,000 opened in 1.00 ms (median), 3.00 ms (p99), 988 of them in place of " +
      "closed ones, 12 at once at most; 2 requests on open ones.",
  );
});

Deno.test("instrumentText gives the reasons first, within the width, the lesser ones marked", () => {
  const lines = instrumentText(
    reportOf({
      missing: 2,
      workers: [{ workerId: "worker_0", requests: 9, health: healthOf({ cpuShare: 0.85 }) }],
    }),
    80,
  );
  assertEquals(lines[0], "Verdict on the measurement: INVALID");
  assert(lines[1]!.startsWith("  - 2 requests got lost"));
  assertStringIncludes(lines.join("\n"), "  - SUSPECT: 1 of 1 worker was 85 % busy");
  assert(lines.every((line) => line.length <= 80));
});

Deno.test("instrumentText of a run of which nothing was sent says so", () => {
  const lines = instrumentText(reportOf({ lateness: null, concurrency: null }), 140);
  assertStringIncludes(lines.join("\n"), "No request was sent.");
});

Deno.test("inSnakeCase renames fields at every depth and leaves out what is null", () => {
  assertEquals(
    inSnakeCase({ p99Ms: 1, handOver: [{ workerId: "aB", gone: null }], kept: false, none: null }),
    { p99_ms: 1, hand_over: [{ worker_id: "aB" }], kept: false },
  );
});

Deno.test("instrumentText says how many were due that no worker got to", () => {
  const { arrivals } = verdictFactsOf();
  const line = instrumentText(reportOf({ arrivals: { ...arrivals, overdue: 9_000 } }), 500)
    .find((text) => text.includes("Sent: "));
  assertStringIncludes(line!, "Sent: 1,000 of 10,000 requests at ");
  assertStringIncludes(line!, "; 9,000 were due and not reached until the end.");
});

Deno.test("instrumentText says right below the verdict what there was too little of to be judged", () => {
  const { lateness, concurrency } = verdictFactsOf();
  const short = {
    lateness: { ...lateness!, judged: null },
    concurrency: { ...concurrency!, asked: 4 },
  };
  assertEquals(instrumentText(reportOf(short), 300).slice(0, 2), [
    "Verdict on the measurement: VALID, of what could be judged",
    "  - Too little was sent to judge how late requests left, the concurrency: of these the verdict " +
    "says nothing. A longer run is judged by them, too (--request-count, --benchmark-duration).",
  ]);
  // What is bad is bad, whatever else could not be judged.
  const bad = instrumentText(reportOf({ ...short, missing: 1 }), 300);
  assertEquals(bad[0], "Verdict on the measurement: INVALID");
  assertStringIncludes(bad[1]!, "- 1 request got lost");
  assertStringIncludes(bad[2]!, "- Too little was sent to judge how late requests left, ");
});
