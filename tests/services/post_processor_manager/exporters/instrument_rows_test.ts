import { assertEquals } from "@std/assert";
import type { InstrumentReport } from "../../../../common/model/instrument.ts";
import { instrumentRows } from "../../../../services/post_processor_manager/exporters/instrument_rows.ts";
import { verdictOn } from "../../../../services/post_processor_manager/instrument/verdict.ts";
import { verdictFactsOf } from "../../../helpers/verdict_facts.ts";

function rowsOf(change: Partial<InstrumentReport> = {}): Map<string, string> {
  const facts = verdictFactsOf(change);
  return new Map(instrumentRows({ ...facts, ...verdictOn(facts) }));
}

Deno.test("the rows of the CSV tell of limits on prefills and of cut requests, where there are any", () => {
  const rows = rowsOf({
    prefill: { asked: 4, max: 3 },
    cancellation: { asked: 9, cancelled: 7, endedBefore: 2, delayMs: 5 },
  });
  const names = [
    "Prefill Concurrency Asked",
    "Prefill Concurrency max",
    "Requests to Be Cut Off",
    "Requests Cut Off",
  ];
  assertEquals(names.map((name) => rows.get(name)), ["4", "3", "9", "7"]);
  assertEquals(names.filter((name) => rowsOf().has(name)), []);
});

Deno.test("the rows of the CSV tell the mean rate that a series asks for, where there is one", () => {
  const arrivals = {
    ...verdictFactsOf().arrivals,
    askedRatePerSecond: null,
    meanAskedRatePerSecond: 62.5,
  };
  const name = "Mean Rate Asked (requests/sec)";
  assertEquals(rowsOf({ arrivals }).get(name), "62.50");
  assertEquals([rowsOf({ arrivals }).has("Rate Asked (requests/sec)"), rowsOf().has(name)], [
    false,
    false,
  ]);
});

Deno.test("the rows of the CSV tell the rate after a ramp, where there is one", () => {
  const { arrivals } = verdictFactsOf();
  const steady = { scheduled: arrivals.scheduled, sent: { ...arrivals.sent, ratePerSecond: 98 } };
  const name = "Sent after the Ramp Rate (requests/sec)";
  assertEquals(rowsOf({ arrivals: { ...arrivals, steady } }).get(name), "98.00");
  assertEquals(rowsOf().has(name), false);
});

Deno.test("the rows of the CSV tell what was not judged, and how far a limit was in use", () => {
  assertEquals(rowsOf({ lateness: null }).get("Not Judged"), "how late requests left");
  const name = "Limit Used while Requests Waited (%)";
  assertEquals(rowsOf({ limitUse: 0.264 }).get(name), "26.40");
  assertEquals([rowsOf().has("Not Judged"), rowsOf().has(name)], [false, false]);
});
