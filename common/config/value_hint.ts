import type { OptionKey } from "./option_table.ts";
import { suggestion } from "./suggest.ts";
import type { ValueType } from "./value_type.ts";

/** What to do in place of giving several values at once, which are several runs elsewhere. */
export const ONE_VALUE =
  "give one value for each run, and call aiperf profile in a loop of the shell";

/** Values that other tools take, and what to do here, by option. */
const KNOWN_ELSEWHERE: Readonly<Partial<Record<OptionKey, Readonly<Record<string, string>>>>> = {
  ui: { dashboard: "there is no dashboard; use simple" },
  endpointType: {
    rankings: "use nim_rankings, cohere_rankings or hf_tei_rankings",
    openai: "use completions",
    "openai-chat": "use chat",
    openai_comp: "use completions",
    generate: "use huggingface_generate or template",
    image_retrieval: "use template, which sends any JSON",
    solido_rag: "use template, which sends any JSON",
    image_edit: "it is not there yet",
    video_generation: "it is not there yet",
  },
  customDatasetType: Object.fromEntries(
    ["baseten_trace", "dag_jsonl", "sagemaker_data_capture", "weka_trace"].map((format) => [
      format,
      "make a mooncake_trace or a multi_turn file of it; see docs/traces.md and docs/input_files.md",
    ]),
  ),
  requestRate: { inf: "for all at once use --concurrency, as high as --request-count" },
};

/**
 * What to add to "must be …, got …" for a value that is refused: what another tool means by it, the
 * choice that is near, or nothing.
 */
export function valueHint(key: OptionKey, type: ValueType<unknown>, raw: unknown): string {
  if (isOneNumber(type) && isList(raw)) {
    return `; ${ONE_VALUE}`;
  }
  if (typeof raw !== "string") return "";
  const known = KNOWN_ELSEWHERE[key]?.[raw.toLowerCase()];
  if (known !== undefined) return `; ${known}`;
  return type.choices ? suggestion(raw, type.choices) : "";
}

function isOneNumber({ many, allowed }: ValueType<unknown>): boolean {
  return !many && /^a (whole )?number /.test(allowed);
}

/** Several numbers, which the reference tool takes as one run for each. */
function isList(raw: unknown): boolean {
  const items = typeof raw === "string" ? raw.split(",") : raw;
  return Array.isArray(items) && items.length > 1 &&
    items.every((item) => /^\s*\d+(\.\d+)?\s*$/.test(String(item)));
}
