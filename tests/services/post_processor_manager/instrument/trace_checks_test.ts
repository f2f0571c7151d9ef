import { assertEquals } from "@std/assert";
import type { VerdictFacts } from "../../../../services/post_processor_manager/instrument/finding.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { verdictFactsOf } from "../../../helpers/verdict_facts.ts";

const HEALTHY = verdictFactsOf();

function verdictWith(change: Partial<VerdictFacts>) {
  return verdictOn(verdictFactsOf(change));
}

Deno.test("a trace whose turns had to wait for answers is told of, with how many and how long", () => {
  const of = (moved: VerdictFacts["arrivals"]["moved"], count = 1_000) =>
    verdictWith({
      arrivals: { ...HEALTHY.arrivals, moved, sent: { ...HEALTHY.arrivals.sent, count } },
    }).reasons.map(({ text }) => text);
  assertEquals(of({ requests: 120, maxMs: 2_340 }), [
    "120 of 1000 requests were due up to 2.3 s later than the trace says, as the answers before " +
    "them took longer than it leaves for them: for these the pace is the server's, not that of the " +
    "trace. Take it as that, or stretch the trace.",
  ]);
  assertEquals(of({ requests: 9, maxMs: 2_340 }, 9), []);
  assertEquals(of(null), []);
});

Deno.test("a trace that is due all at once has no rate to be judged, however long it is", () => {
  const { scheduled } = HEALTHY.arrivals;
  const of = (count: number, neverSent: number) =>
    verdictWith({
      gapShape: null,
      neverSent,
      arrivals: {
        ...HEALTHY.arrivals,
        pattern: "fixed_schedule",
        askedRatePerSecond: null,
        scheduled: { ...scheduled, count, ratePerSecond: null, gapCv: null },
      },
    });
  assertEquals([of(1_000, 0).verdict, of(1_000, 0).unjudged], ["VALID", []]);
  assertEquals(of(1, 0).unjudged, ["the rate"]);
  assertEquals(of(1_000, 500).reasons.map(({ check }) => check), ["rate_kept"]);
});
