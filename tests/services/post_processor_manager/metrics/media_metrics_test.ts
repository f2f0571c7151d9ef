import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { MediaCounts } from "../../../../common/model/record.ts";
import { reportOn, scalarIn, statsIn, valuesOf } from "../../../helpers/metrics_of.ts";
import { recordOf } from "../../../helpers/records.ts";

const SECOND = 1e9;

/** Sent at 1 s, all there half a second later. */
function answered(media: Partial<MediaCounts> | null, streaming = false) {
  return recordOf({
    streaming,
    sentNs: SECOND,
    chunksAfterNs: [0.25 * SECOND, 0.5 * SECOND],
    endAfterNs: 0.5 * SECOND,
    media: media && { imagesSent: 0, imagesMade: 0, audioSeconds: null, ...media },
  });
}

function mediaValues(media: Partial<MediaCounts> | null) {
  const values = valuesOf(answered(media));
  const tags = ["num_images", "image_throughput", "image_latency", "audio_duration", "rtfx"];
  return tags.map((tag) => values[tag] ?? null);
}

Deno.test("the metrics of pictures and sounds have the value worked out by hand", () => {
  assertEquals(mediaValues({ imagesSent: 4 }), [4, 8, 125, null, null]);
  assertEquals(mediaValues({ imagesSent: 4, imagesMade: 2 }), [2, 4, 250, null, null]);
  assertEquals(mediaValues({ audioSeconds: 10 }), [null, null, null, 10, 20]);
});

Deno.test("they are absent where there are neither, or where nobody knows", () => {
  for (const media of [null, {}]) {
    assertEquals(mediaValues(media), [null, null, null, null, null]);
  }
});

Deno.test("a run has the pictures of all its requests, and how many there were a second", () => {
  const report = reportOn([answered({ imagesSent: 3 }), answered({ imagesMade: 2 })]);
  assertEquals(scalarIn(report, "total_num_images"), 5);
  assertAlmostEquals(scalarIn(report, "image_samples_per_second")!, 10);
  assertEquals(statsIn(reportOn([answered(null)]), "total_num_images"), undefined);
});

Deno.test("a stream of pictures has no tokens, so no first one and no pauses between them", () => {
  const about = (values: object) => Object.keys(values).filter((tag) => /token|chunk/.test(tag));
  assertEquals(about(valuesOf({ ...answered({ imagesMade: 1 }, true), usage: null })), []);
  const shown = about(valuesOf(answered({ imagesSent: 1 }, true)));
  assertEquals(shown.includes("time_to_first_token"), true);
});
