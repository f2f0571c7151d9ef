import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { requestLine } from "../../../../services/post_processor_manager/exporters/request_jsonl.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import { accumulatorOf } from "../../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../../helpers/records.ts";
import { runConfigOf } from "../../../helpers/run_config.ts";

const MS = 1e6;
const CONFIG = runConfigOf();

function lineOf(record: RequestRecord): string {
  return requestLine(record, accumulatorOf().add(record)!, CONFIG);
}

Deno.test("requestLine writes instants as exact integers of nanoseconds since 1970", () => {
  const line = lineOf(recordOf({
    dueNs: 1,
    issuedNs: 2,
    sentNs: 900_363,
    headersAfterNs: 117_830_613,
    endAfterNs: 305_864_241,
  }));
  for (
    const part of [
      '"credit_due_ns":1759813207532000001,',
      '"credit_issued_ns":1759813207532000002,',
      '"request_start_ns":1759813207532900363,',
      '"request_ack_ns":1759813207650730976,',
      '"request_end_ns":1759813207838764604,',
      '"cancellation_time_ns":null}',
    ]
  ) assert(line.includes(part), part);
});

Deno.test("requestLine tells of a cancelled request when it was cut off, and why", () => {
  const error = { code: 499, type: "RequestCancellationError", message: "cut off" };
  const line = JSON.parse(lineOf(recordOf({ outcome: "cancelled", endAfterNs: 5 * MS, error })));
  assertEquals(line.metadata.was_cancelled, true);
  assertEquals(line.metadata.cancellation_time_ns, line.metadata.request_end_ns);
  assertEquals(line.metrics, { error_isl: { value: 20, unit: "tokens" } });
  assertEquals(line.error, error);
});

Deno.test("requestLine has no times of a request that was never sent", () => {
  const record = failedRecordOf({ outcome: "lost", sentNs: null, headersAfterNs: null });
  const { metadata } = JSON.parse(lineOf({ ...record, endAfterNs: null }));
  assertEquals(
    [metadata.request_start_ns, metadata.request_ack_ns, metadata.request_end_ns],
    [null, null, null],
  );
});

Deno.test("requestLine is one line of JSON whatever the strings in it", () => {
  const texts = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
  fc.assert(fc.property(texts, (text) => {
    const error = { code: null, type: text, message: text };
    const line = lineOf(failedRecordOf({ workerId: text, conversationId: text, error }));
    assert(!/[\r\n]/.test(line));
    const parsed = JSON.parse(line);
    assertEquals(parsed.metadata.worker_id, text);
    assertEquals(parsed.error, error);
  }));
});

Deno.test("requestLine keeps lists of gaps as lists, zeros included", () => {
  const line = JSON.parse(lineOf(recordOf({ chunksAfterNs: [100 * MS, 100 * MS, 101.5 * MS] })));
  assertEquals(line.metrics.inter_chunk_latency, { value: [0, 1.5], unit: "ms" });
});
