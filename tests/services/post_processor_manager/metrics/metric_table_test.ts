import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../../../../services/post_processor_manager/metrics/metric_table.ts";

Deno.test("the metric table has each tag once and each place in the console once", () => {
  const tags = METRICS.map((metric) => metric.tag);
  assertEquals(tags.length, new Set(tags).size);
  const places = METRICS.map((metric) => metric.consoleOrder).filter((place) => place !== null);
  assertEquals(places.length, new Set(places).size);
});

Deno.test("the metric table computes nothing from what stands after it or is no single number", () => {
  const scalars = new Set<string>();
  const records = new Set<string>();
  for (const metric of METRICS) {
    if (metric.kind === "record") records.add(metric.tag);
    if (metric.kind === "derived_sum") assert(records.has(metric.of), metric.tag);
    if (metric.kind === "derived") {
      for (const tag of metric.from) assert(scalars.has(tag), `${metric.tag} from ${tag}`);
    }
    if (metric.kind !== "record" && metric.kind !== "record_list") scalars.add(metric.tag);
  }
});

Deno.test("the metric table shows the reference's rows in the reference's order", () => {
  const shown = METRICS.filter((metric) => metric.consoleOrder !== null)
    .sort((a, b) => a.consoleOrder! - b.consoleOrder!)
    .map((metric) => `${metric.header} (${metric.unit.name})`);
  assertEquals(shown, [
    "Time to First Token (ms)",
    "Time to Second Token (ms)",
    "Request Latency (ms)",
    "Inter Token Latency (ms)",
    "Output Token Throughput Per User (tokens/sec/user)",
    "E2E Output Token Throughput (tokens/sec/user)",
    "Output Sequence Length (tokens)",
    "Input Sequence Length (tokens)",
    "Output Token Throughput (tokens/sec)",
    "Inverse Real Time Factor (ratio)",
    "Image Throughput (images/sec)",
    "Image Latency (ms/image)",
    "Image Samples Per Second (images/sec)",
    "Request Throughput (requests/sec)",
    "Goodput (requests/sec)",
    "Request Count (requests)",
    "Error Request Count (requests)",
  ]);
});

Deno.test("the metric table names things in plain printable text", () => {
  for (const { tag, header, unit } of METRICS) {
    assert(/^[a-z0-9]+(_[a-z0-9]+)*$/.test(tag), tag);
    assert(/^[A-Z][A-Za-z0-9 %]*$/.test(header), header);
    assert(unit.divisor > 0, tag);
  }
});
