import type { RequestRecord } from "../../../common/model/record.ts";
import { lastChunkNs } from "./latency_metrics.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./request_facts.ts";
import { IMAGES, IMAGES_PER_SECOND, MILLISECONDS_PER_IMAGE, RATIO, SECONDS } from "./unit.ts";

const NS_PER_SECOND = 1e9;

/** Pictures and sounds; all absent for requests without. */
export const MEDIA_METRICS: readonly Metric[] = [
  {
    // Pictures that the answer brought, or, where it brings none, that the request showed.
    tag: "num_images",
    header: "Number of Images",
    unit: IMAGES,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ record }) => imagesOf(record),
  },
  {
    // num_images / request_latency in seconds.
    tag: "image_throughput",
    header: "Image Throughput",
    unit: IMAGES_PER_SECOND,
    consoleOrder: 860,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ record }) => perSecond(imagesOf(record), lastChunkNs(record)),
  },
  {
    // request_latency / num_images.
    tag: "image_latency",
    header: "Image Latency",
    unit: MILLISECONDS_PER_IMAGE,
    consoleOrder: 861,
    flags: [],
    kind: "record",
    value: ({ record }) => ratio(lastChunkNs(record), imagesOf(record)),
  },
  {
    tag: "total_num_images",
    header: "Total Number of Images",
    unit: IMAGES,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "derived_sum",
    of: "num_images",
  },
  {
    // total_num_images / benchmark_duration.
    tag: "image_samples_per_second",
    header: "Image Samples Per Second",
    unit: IMAGES_PER_SECOND,
    consoleOrder: 862,
    flags: ["larger_is_better"],
    kind: "derived",
    from: ["total_num_images", "benchmark_duration"],
    value: (images, durationNs) => perSecond(images!, durationNs!),
  },
  {
    // How long the sounds of the request are, by their headers, else as the server says.
    tag: "audio_duration",
    header: "Audio Duration",
    unit: SECONDS,
    consoleOrder: null,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ record }) => audioNs(record),
  },
  {
    // audio_duration / request_latency: above 1 the server is faster than the speaker.
    tag: "rtfx",
    header: "Inverse Real Time Factor",
    unit: RATIO,
    consoleOrder: 850,
    flags: ["larger_is_better"],
    kind: "record",
    value: ({ record }) => ratio(audioNs(record), lastChunkNs(record)),
  },
];

function imagesOf({ media }: RequestRecord): number | null {
  if (media === null) return null;
  const { imagesMade, imagesSent } = media;
  return imagesMade || imagesSent || null;
}

function audioNs({ media }: RequestRecord): number | null {
  const seconds = media?.audioSeconds ?? null;
  return seconds === null ? null : seconds * NS_PER_SECOND;
}

function perSecond(amount: number | null, durationNs: number | null): number | null {
  return ratio(amount, durationNs === null ? null : durationNs / NS_PER_SECOND);
}
