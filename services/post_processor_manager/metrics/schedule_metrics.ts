import type { RequestRecord } from "../../../common/model/record.ts";
import { handOverDelayNs, issueDelayNs, workerDelayNs } from "../lateness_parts.ts";
import { firstChunkNs, firstOutputChunkNs, lastChunkNs } from "./latency_metrics.ts";
import type { Metric } from "./metric.ts";
import { difference } from "./request_facts.ts";
import { MILLISECONDS } from "./unit.ts";

/**
 * How late requests left, and the latencies that a user would have seen who wanted to send when the
 * schedule says. Ours: the reference has none of them.
 *
 * `due` is when the schedule wants the request sent; in a closed loop, when its slot became free, by
 * the end of the request that had it.
 * When a server stalls, the requests that were held back meanwhile have short latencies from the
 * moment they were sent, and long ones from the moment they were due.
 */
export const SCHEDULE_METRICS: readonly Metric[] = [
  {
    // First chunk − due.
    tag: "time_to_first_token_from_schedule",
    header: "Time to First Token from Schedule",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => fromSchedule(record, firstChunkNs(record)),
  },
  {
    // First chunk that is not reasoning − due.
    tag: "time_to_first_output_token_from_schedule",
    header: "Time to First Output Token from Schedule",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: ["streaming"],
    kind: "record",
    value: ({ record }) => fromSchedule(record, firstOutputChunkNs(record)),
  },
  {
    // Last chunk − due.
    tag: "request_latency_from_schedule",
    header: "Request Latency from Schedule",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ record }) => fromSchedule(record, lastChunkNs(record)),
  },
  {
    // Sent − due: the sum of the next two and of credit_drop_latency.
    tag: "schedule_lateness",
    header: "Schedule Lateness",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ record }) => latenessNs(record),
  },
  {
    // Issued − due, 0 for what was issued ahead: what the timing manager added, the news of the answer
    // on its way there where the request had to wait for one, and the wait for a slot under a cap.
    tag: "schedule_lateness_issue",
    header: "Schedule Lateness by Issue",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ record }) => issueDelayNs(record),
  },
  {
    // Credit in the worker's hands − issued, as far as it is after due: what the way through the
    // worker manager added.
    tag: "schedule_lateness_hand_over",
    header: "Schedule Lateness by Handover",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ record }) => handOverDelayNs(record),
  },
  {
    // Sent − credit in the worker's hands, or due if that is later: what the worker itself added.
    // The name is the reference tool's.
    tag: "credit_drop_latency",
    header: "Credit Drop Latency",
    unit: MILLISECONDS,
    consoleOrder: null,
    flags: [],
    kind: "record",
    value: ({ record }) => workerDelayNs(record),
  },
];

function latenessNs({ sentNs, dueNs }: RequestRecord): number | null {
  return difference(sentNs, dueNs);
}

/** The time after `due` of what was `afterNs` after `sent`. */
function fromSchedule(record: RequestRecord, afterNs: number | null): number | null {
  const lateNs = latenessNs(record);
  return lateNs === null || afterNs === null ? null : lateNs + afterNs;
}
