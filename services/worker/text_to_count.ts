import { completionCount } from "../../common/model/completion_count.ts";
import type { AnswerText } from "../../common/model/record.ts";
import type { EndpointPlan } from "../../common/model/run_config.ts";
import type { Answer } from "./answer.ts";

/** The text of an answer whose tokens we have to count; null: there is none, or the server did it. */
export function textToCount(
  { usage, hasContent, text }: Answer,
  source: EndpointPlan["tokenCountSource"],
): AnswerText | null {
  if (source === "server") return null;
  if (source === "auto" && completionCount(usage, hasContent) !== null) return null;
  return text.output === "" && text.reasoning === "" ? null : text;
}
