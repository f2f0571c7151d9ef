import type { Turn } from "../../../common/model/conversation.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { isObject, type JsonObject } from "./openai_shapes.ts";

/** `extraInputs` are merged last, so a `stream` among them decides, also for how we read. */
export function wantsStream(plan: EndpointPlan): boolean {
  return "stream" in plan.extraInputs ? plan.extraInputs["stream"] === true : plan.streaming;
}

/**
 * The limit on the answer under the name that the API gives it; nothing where the server decides.
 *
 * Servers refuse a body with two limits, so one among the extra inputs, under any of `names`,
 * replaces ours, which has the first of them.
 */
export function lengthLimit(
  plan: EndpointPlan,
  turn: Turn,
  names: readonly [string, ...string[]],
): JsonObject {
  if (turn.outputTokens === null) return {};
  if (names.some((name) => name in plan.extraInputs)) return {};
  return { [names[0]]: turn.outputTokens };
}

/**
 * Asks for usage, also where the client counts: then both counts are there to be compared.
 *
 * Other stream options of the user stay beside it, and `null` among them asks for nothing.
 */
export function streamOptions(plan: EndpointPlan): JsonObject {
  if (!wantsStream(plan)) return {};
  const given = plan.extraInputs["stream_options"];
  if (given !== undefined && !isObject(given)) return {};
  const each = plan.perChunkUsage ? { continuous_usage_stats: true } : {};
  return { stream_options: { include_usage: true, ...each, ...given } };
}
