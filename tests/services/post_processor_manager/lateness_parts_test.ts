import { assertEquals } from "@std/assert";
import {
  handOverDelayNs,
  issueDelayNs,
  workerDelayNs,
} from "../../../services/post_processor_manager/lateness_parts.ts";
import { recordOf } from "../../helpers/records.ts";

function partsOf(record: Parameters<typeof recordOf>[0]): (number | null)[] {
  const made = recordOf(record);
  return [issueDelayNs(made), handOverDelayNs(made), workerDelayNs(made)];
}

Deno.test("the parts of a lateness are where the time went, and add up to it", () => {
  const times = { dueNs: 100, issuedNs: 130, receivedNs: 150, sentNs: 190 };
  assertEquals(partsOf(times), [30, 20, 40]);
});

Deno.test("what a credit waited for a worker that was behind is the worker's part, though it is issued late", () => {
  const times = { dueNs: 100, issuedNs: 130, receivedNs: 150, sentNs: 190, backlogWaitNs: 25 };
  assertEquals(partsOf(times), [5, 20, 65]);
});
