import { endpointFacts } from "../model/endpoint_types.ts";
import { type Candidate, hasEffectOnly, isDeliberate, problem, type Rule } from "./rule.ts";
import type { Problem } from "./problem.ts";

/** The APIs that servers give usage with each chunk in. */
const PER_CHUNK_TYPES: readonly string[] = ["chat", "completions"];

/** What must hold between the options of the endpoint. */
export const ENDPOINT_RULES: readonly Rule[] = [
  { about: ["streaming", "endpointType"], check: checkStreaming },
  { about: ["header", "endpointType"], check: checkContentType },
  hasEffectOnly("perChunkUsage", {
    when: ({ streaming, endpointType }) => streaming && PER_CHUNK_TYPES.includes(endpointType),
    about: ["streaming", "endpointType"],
    otherwise: `without --streaming and --endpoint-type ${PER_CHUNK_TYPES.join(" or ")}`,
  }),
  ...(["payloadTemplate", "responseField"] as const).map((key) =>
    hasEffectOnly(key, {
      when: ({ endpointType }) => endpointType === "template",
      about: ["endpointType"],
      otherwise: "without --endpoint-type template",
    })
  ),
];

function checkStreaming(candidate: Candidate): Problem[] {
  const { streaming, endpointType } = candidate.values;
  if (!streaming || endpointFacts(endpointType).canStream) return [];
  if (!isDeliberate(candidate, "streaming")) return [];
  const message = `has no effect with --endpoint-type ${endpointType}, whose answers come whole`;
  return [problem(candidate, "streaming", message)];
}

/** From wherever it comes: no server could read a form whose boundary it is not told. */
function checkContentType(candidate: Candidate): Problem[] {
  const { header, endpointType } = candidate.values;
  if (!endpointFacts(endpointType).sendsForm) return [];
  const name = Object.keys(header ?? {}).find((one) => one.toLowerCase() === "content-type");
  if (name === undefined) return [];
  const message =
    `must leave ${name} to --endpoint-type ${endpointType}, whose requests are forms ` +
    "that name their boundary in it";
  return [problem(candidate, "header", message)];
}
