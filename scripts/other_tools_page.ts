import type { OtherFlags } from "../common/cli/other_tools/other_flags.ts";
import { PEERS } from "../common/cli/other_tools/peer_flags.ts";
import { REFERENCE_COMMANDS } from "../common/cli/other_tools/other_commands.ts";
import { REFERENCE_FLAGS } from "../common/cli/other_tools/reference_flags.ts";
import { wrapText } from "../common/config/wrap_text.ts";

const WIDTH = 100;

/** The page for those who come from another tool, as Markdown. */
export function otherToolsPage(): string {
  return [
    "# Coming from another tool",
    "",
    "<!-- Written by `deno task docs` from the tables in the code. -->",
    "",
    ...paragraph(
      "What aiperf has no option for it refuses, with the sentence that stands here; nothing is " +
        "accepted and then ignored. A `*` stands for all options that begin so.",
    ),
    "## NVIDIA AIPerf",
    "",
    ...paragraph(
      "Options, aliases, metric tags, file names and JSON keys are the same, and so are the " +
        "formulas of the metrics. What is different:",
    ),
    ...bullets([
      "Numbers are single: `--concurrency 1,2,4` is refused rather than made a sweep.",
      "The default of `--artifact-dir` has one more folder, the UTC time, so that no run " +
      "overwrites another. Where you name a folder that holds a run already, `--overwrite` " +
      "replaces it.",
      "Requests that were cut off, by `--request-cancellation-rate` or at the end, are in " +
      "`cancelled_request_count` and not in `error_request_count`; `error_summary` lists both.",
      "Output tokens are the server's own `usage` where it gives one (`--token-count-source`).",
      "Environment variables are `AIPERF_` and the name of an option, not of a subsystem.",
      "The keys of a YAML file (`--config`) are those of `input_config` in the results; " +
      "`aiperf config init` shows them all.",
    ]),
    "A sweep is a loop, each run with a folder of its own:",
    "",
    "```sh",
    "for c in 1 2 4 8; do",
    '  aiperf profile --mock-server --mock-ttft 20 --streaming --concurrency "$c" --request-count 40 \\',
    '    --artifact-dir "sweep/c$c"',
    "done",
    "```",
    "",
    "Its options that are none here:",
    "",
    ...entries(REFERENCE_FLAGS),
    "Its commands that are none here:",
    "",
    ...entries(REFERENCE_COMMANDS.map(({ names, advice }) => ({ flags: names, advice }))),
    ...PEERS.flatMap(({ name, flags }) => [
      `## ${name}`,
      "",
      ...paragraph(REMARKS[name]!),
      ...entries(flags),
    ]),
  ].join("\n").trimEnd() + "\n";
}

const REMARKS: Readonly<Record<string, string>> = {
  "GenAI-Perf": "Most options have the same names, and so do the metrics. `profile_export.json` " +
    "and `profile_export_genai_perf.json` are `profile_export.jsonl` and " +
    "`profile_export_aiperf.json` here. Streaming must be asked for by `--streaming`.",
  "vllm bench serve": "`--num-prompts` is a trap: there it is how many requests are sent, here, " +
    "as with NVIDIA AIPerf, how many different prompts there are; `--request-count` is how many " +
    "are sent. `--backend openai-chat` is `--endpoint-type chat`, `openai` is `completions`; " +
    "`--streaming` must be asked for. TPOT is `inter_token_latency`, ITL `inter_chunk_latency` " +
    "and E2EL `request_latency`. A role-only first chunk is no token, so the time to the first " +
    "one may be longer than vLLM's.",
  "GuideLLM": "`--streaming` must be asked for. Its `inter_token_latency_ms` is " +
    "`inter_token_latency` here; its `time_per_output_token_ms` holds the time to the first " +
    "token, too, and has no counterpart.",
};

function paragraph(text: string): string[] {
  return [...wrap(text, WIDTH), ""];
}

function bullets(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    wrap(text, WIDTH - 2).map((line, i) => (i === 0 ? "- " : "  ") + line)
  ).concat("");
}

/** One line for each entry; the formatter breaks no line within code, so neither does this. */
function entries(all: readonly OtherFlags[]): string[] {
  return bullets(
    all.map(({ flags, advice }) => `${flags.map((flag) => `\`${flag}\``).join(", ")}: ${advice}`),
  );
}

function wrap(text: string, width: number): string[] {
  const unbroken = text.replaceAll(/`[^`]*`/g, (code) => code.replaceAll(" ", "\u00a0"));
  return wrapText(unbroken, width).map((line) => line.replaceAll("\u00a0", " "));
}
