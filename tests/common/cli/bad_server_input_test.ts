import { assertEquals } from "@std/assert";
import { problemsOf } from "../../helpers/command_line.ts";

const URL_ALLOWED = "an http:// or https:// URL without user name, query or fragment";

/** Command lines about servers and models, and every line that they are answered with. */
const BAD_LINES: readonly (readonly [string | readonly string[], ...string[]])[] = [
  ["mock-server --concurrency 4", "--concurrency: unknown option; aiperf profile has it"],
  ["mock-server --mock-ttft 4", "--mock-ttft: unknown option; did you mean --ttft?"],
  ["--ttft 4", "--ttft: unknown option; did you mean --mock-ttft?"],
  [["--model", ","], "--model: must be the name of a model, got none"],
  ["-m a -m b,a", '-m: "a" is given twice'],
  [
    "-m a,b --model-selection-strategy weighted",
    "--model-selection-strategy: weighted needs --model-weights, with a weight for each --model",
  ],
  [
    "-m a,b --model-selection-strategy weighted --model-weights 3,1,1",
    "--model-weights: must be one weight for each --model, got 3 for 2",
  ],
  [
    "-m a,b --model-weights 3,1",
    "--model-weights: has no effect without --model-selection-strategy weighted",
  ],
  [
    "-m a,b --model-weights 3,0,x",
    '--model-weights: must be numbers above 0, such as 3,1, got "0"',
    '--model-weights: must be numbers above 0, such as 3,1, got "x"',
  ],
  [
    "-m a,b --model-selection-strategy least",
    '--model-selection-strategy: must be one of round_robin, random, weighted, got "least"',
  ],
  [
    "-m a,b --extra-inputs model:c",
    '--extra-inputs: must not set "model" beside several of --model',
  ],
  ["--url a --url http://a/", '--url: "http://a" is given twice'],
  ["--url a,ftp://b", `--url: must be ${URL_ALLOWED}, got "ftp://b"`],
  ["--url a,b --url-strategy least", '--url-strategy: must be round_robin for now, got "least"'],
  [
    "--session-header=a:b",
    '--session-header: must be a header name of letters, digits and dashes, got "a:b"',
  ],
  [
    "--session-header Authorization",
    '--session-header: must be a header with no other meaning, got "Authorization"',
  ],
  [
    ["--session-header", "X-Session-ID", "-H", "x-session-id: 1"],
    "-H: sets X-Session-ID, and so does --session-header",
  ],
  [
    "--wait-for-model-timeout -1",
    '--wait-for-model-timeout: must be a number of at least 0, got "-1"',
  ],
  [
    "--wait-for-model-mode ready --wait-for-model-interval 0",
    '--wait-for-model-mode: must be one of inference, models, both, got "ready"',
    '--wait-for-model-interval: must be a number above 0, got "0"',
  ],
  [
    "--wait-for-model-mode both --wait-for-model-interval 1",
    "--wait-for-model-mode: has no effect without --wait-for-model-timeout",
    "--wait-for-model-interval: has no effect without --wait-for-model-timeout",
  ],
  [
    "--mock-server --wait-for-model-timeout 5",
    "--wait-for-model-timeout: has no effect with --mock-server, which is ready when it has been " +
    "started",
  ],
  [
    "--reset-kv-cache-path /x --reset-kv-cache-timeout-seconds 5",
    "--reset-kv-cache-timeout-seconds: has no effect without --reset-kv-cache",
    "--reset-kv-cache-path: has no effect without --reset-kv-cache",
  ],
  [
    "--reset-kv-cache --reset-kv-cache-path http://h/x --reset-kv-cache-timeout-seconds 0",
    '--reset-kv-cache-path: must be a path such as /v1/chat/completions, got "http://h/x"',
    '--reset-kv-cache-timeout-seconds: must be a number above 0, got "0"',
  ],
  [
    "--server-profiler-start-path /a --server-profiler-stop-path /b",
    "--server-profiler-start-path: has no effect without --server-profiler",
    "--server-profiler-stop-path: has no effect without --server-profiler",
  ],
  [
    "--profile-export-prefix a/b",
    '--profile-export-prefix: must be the beginning of a file name, without a folder, got "a/b"',
  ],
  [
    "--profile-export-file records.jsonl",
    "--profile-export-file: must not be records, as the journal is records.jsonl",
  ],
  ["--stats-interval 0", '--stats-interval: must be a number above 0, got "0"'],
];

for (const [line, ...expected] of BAD_LINES) {
  const args = typeof line === "string" ? line.split(" ") : line;
  Deno.test(`bad input: aiperf ${args.join(" ")}`, async () => {
    assertEquals(await problemsOf(args), expected);
  });
}
