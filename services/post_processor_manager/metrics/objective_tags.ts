import type { GoodputTag } from "../../../common/config/rule.ts";
import { PER_REQUEST_METRICS } from "./metric_table.ts";

/** The metrics that a service level objective may name: those of which a request has one value. */
export function objectiveTags(): GoodputTag[] {
  return PER_REQUEST_METRICS
    .filter(({ kind, flags }) => kind === "record" && !flags.includes("unsuccessful"))
    .map(({ tag, flags }) => ({ tag, streamingOnly: flags.includes("streaming") }));
}
