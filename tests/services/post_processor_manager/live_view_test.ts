import { assertAlmostEquals, assertEquals } from "@std/assert";
import { LiveTally } from "../../../services/post_processor_manager/live_view.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";

const MS = 1e6;
const SECOND = 1e9;

Deno.test("the live view counts outcomes and averages the time to the first token", () => {
  const tally = new LiveTally();
  tally.add(recordOf({ chunksAfterNs: [100 * MS] }));
  tally.add(recordOf({ chunksAfterNs: [300 * MS, 400 * MS] }));
  tally.add(recordOf({ streaming: false, chunksAfterNs: [900 * MS] }));
  tally.add(failedRecordOf({ chunksAfterNs: [7 * MS] }));
  tally.add(failedRecordOf({ outcome: "lost" }));
  tally.add(failedRecordOf({ outcome: "cancelled" }));
  const { requestsPerSecond: _, ...view } = tally.view(2 * SECOND);
  assertEquals(view, { requests: 6, errors: 2, cancelled: 1, avgTtftMs: 200 });
});

Deno.test("the live view has no rate and no average before the first record", () => {
  assertEquals(new LiveTally().view(SECOND), {
    requests: 0,
    errors: 0,
    cancelled: 0,
    requestsPerSecond: null,
    avgTtftMs: null,
  });
});

Deno.test("the live rate is that of the last five seconds, and of all there is before that", () => {
  const tally = new LiveTally();
  let sentNs = 0;
  function run(perSecond: number, seconds: number) {
    for (let i = 0; i < perSecond * seconds; i++) {
      tally.add(recordOf({ sentNs, endAfterNs: 10 * MS }));
      sentNs += SECOND / perSecond;
    }
    return tally.view(sentNs).requestsPerSecond!;
  }
  assertAlmostEquals(run(100, 1), 100, 3);
  assertAlmostEquals(run(100, 29), 100, 3);
  assertAlmostEquals(run(10, 6), 10, 1);
  assertEquals(tally.view(sentNs + 6 * SECOND).requestsPerSecond, 0);
});
