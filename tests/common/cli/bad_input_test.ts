import { DATASET_FORMATS, TRACE_FORMATS } from "../../../common/model/dataset_format.ts";
import { assertEquals } from "@std/assert";
import { ENDPOINT_TYPE_NAMES } from "../../../common/model/endpoint_types.ts";
import { problemsOf, type World } from "../../helpers/command_line.ts";

const URL_ALLOWED = "an http:// or https:// URL without user name, query or fragment";
const PAIRS_ALLOWED = "name:value pairs or a JSON object";
const GOODPUT_ALLOWED = 'pairs such as "request_latency:2000 time_to_first_token:300"';

const TRACES = TRACE_FORMATS.join(", ");

/** A command line, split at spaces unless it is a list, and every line that it is answered with. */
const ON_THE_COMMAND_LINE: readonly (readonly [string | readonly string[], ...string[]])[] = [
  // Not numbers, or numbers out of bounds.
  [
    "--concurrency abc",
    '--concurrency: must be a whole number of at least 1, got "abc"',
  ],
  ["--concurrency 0", '--concurrency: must be a whole number of at least 1, got "0"'],
  ["--concurrency -4", '--concurrency: must be a whole number of at least 1, got "-4"'],
  ["--concurrency 1.5", '--concurrency: must be a whole number of at least 1, got "1.5"'],
  ["--concurrency NaN", '--concurrency: must be a whole number of at least 1, got "NaN"'],
  ["--concurrency 0x10", '--concurrency: must be a whole number of at least 1, got "0x10"'],
  ["--concurrency=", '--concurrency: must be a whole number of at least 1, got ""'],
  ["--concurrency 1e99", '--concurrency: must be a whole number of at least 1, got "1e99"'],
  ["--request-rate 0", '--request-rate: must be a number above 0, got "0"'],
  ["--request-rate -2.5", '--request-rate: must be a number above 0, got "-2.5"'],
  ["--request-rate -inf", '--request-rate: must be a number above 0, got "-inf"'],
  ["--num-requests 0", '--num-requests: must be a whole number of at least 1, got "0"'],
  ["--isl 99999999", '--isl: must be a whole number from 1 to 10000000, got "99999999"'],
  ["--isl 0", '--isl: must be a whole number from 1 to 10000000, got "0"'],
  ["--isl-stddev -1", '--isl-stddev: must be a number of at least 0, got "-1"'],
  ["--osl ten", '--osl: must be a whole number of at least 1, got "ten"'],
  ["--num-prompts 0", '--num-prompts: must be a whole number of at least 1, got "0"'],
  [
    "--conversation-turn-mean 0",
    '--conversation-turn-mean: must be a whole number of at least 1, got "0"',
  ],
  [
    "--session-turns-mean 2 --session-turn-delay-mean -1",
    '--session-turn-delay-mean: must be a number of at least 0, got "-1"',
  ],
  [
    "--input-file a.jsonl --custom-dataset-type single-turn",
    "--custom-dataset-type: must be one of " +
    `${DATASET_FORMATS.join(", ")}, got "single-turn"; did you mean single_turn?`,
  ],
  ["--custom-dataset-type multi_turn", "--custom-dataset-type: has no effect without --input-file"],
  ["--skip-bad-lines", "--skip-bad-lines: has no effect without --input-file"],
  [
    "--trace-history delta --synthesis-max-isl 9",
    `--trace-history: has no effect without a recorded trace (${TRACES}) as --input-file`,
    `--synthesis-max-isl: has no effect without a recorded trace (${TRACES}) as --input-file`,
  ],
  [
    "--input-file a.jsonl --custom-dataset-type multi_turn --isl-block-size 16",
    `--isl-block-size: has no effect without a recorded trace (${TRACES}) as --input-file`,
  ],
  ["--synthesis-speedup-ratio 0", '--synthesis-speedup-ratio: must be a number above 0, got "0"'],
  [
    "--input-file a.jsonl --isl 20 --session-turns-mean 3 --session-turn-delay-mean 5",
    "--isl: has no effect with --input-file",
    "--session-turns-mean: has no effect with --input-file",
    "--session-turn-delay-mean: has no effect with --input-file",
  ],
  [
    "--conversation-turn-delay-mean 100 --session-delay-ratio 0.5",
    "--conversation-turn-delay-mean: has no effect without --conversation-turn-mean",
    "--session-delay-ratio: has no effect without --conversation-turn-mean",
  ],
  ["--random-seed -1", '--random-seed: must be a whole number of at least 0, got "-1"'],
  ["--benchmark-duration 0", '--benchmark-duration: must be a number above 0, got "0"'],
  [
    "--benchmark-duration 5 --benchmark-grace-period -1",
    '--benchmark-grace-period: must be a number of at least 0 or inf, got "-1"',
  ],
  [
    "--warmup-request-count -1",
    '--warmup-request-count: must be a whole number of at least 0, got "-1"',
  ],
  ["--request-timeout-seconds 0", '--request-timeout-seconds: must be a number above 0, got "0"'],
  ["--workers-max 0", '--workers-max: must be a whole number of at least 1, got "0"'],
  ["--mock-server --mock-jitter 2", '--mock-jitter: must be a number from 0 to 1, got "2"'],
  ["--mock-server --mock-error-rate x", '--mock-error-rate: must be a number from 0 to 1, got "x"'],
  ["mock-server --port 70000", '--port: must be a whole number from 0 to 65535, got "70000"'],
  // Words that are none of the choices.
  [
    "--arrival-pattern burst",
    "--arrival-pattern: must be one of constant, poisson, gamma, concurrency_burst, " +
    'got "burst"',
  ],
  [
    "--endpoint-type chta",
    `--endpoint-type: must be one of ${
      ENDPOINT_TYPE_NAMES.join(", ")
    }, got "chta"; did you mean chat?`,
  ],
  ["--export-level all", '--export-level: must be one of summary, records, raw, got "all"'],
  [
    "--token-count-source both",
    '--token-count-source: must be one of auto, server, client, got "both"',
  ],
  [
    "--dataset-sampling-strategy all",
    '--dataset-sampling-strategy: must be one of sequential, random, shuffle, got "all"',
  ],
  [
    "--log-level LOUD",
    "--log-level: must be one of TRACE, DEBUG, INFO, NOTICE, WARNING, SUCCESS, ERROR, CRITICAL, " +
    'got "LOUD"',
  ],
  [
    "--tokenizer o200k_base --tokenizer-revision v2 --apply-chat-template",
    "--tokenizer-revision: has no effect on a tokenizer that is built in",
    "--apply-chat-template: has no effect on a tokenizer that is built in: it has no chat template",
  ],
  ["--hf-subset x", "--hf-subset: has no effect without --public-dataset"],
  [
    "--public-dataset sharegpt --input-file in.jsonl --isl 5",
    "--isl: has no effect with --input-file",
    "--isl: has no effect with --public-dataset",
    "--public-dataset: cannot be used with --input-file",
  ],
  [
    "--apply-chat-template --token-count-source server",
    "--apply-chat-template: has no effect where the server counts the tokens " +
    "(--token-count-source server)",
  ],
  // Texts.
  [["--model", ""], '--model: must be the name of a model, got ""'],
  ["--url ftp://host", `--url: must be ${URL_ALLOWED}, got "ftp://host"`],
  ["--url http://", `--url: must be ${URL_ALLOWED}, got "http://"`],
  ["--url localhost:99999", `--url: must be ${URL_ALLOWED}, got "localhost:99999"`],
  ["--url host?key=1", `--url: must be ${URL_ALLOWED}, got "host?key=1"`],
  ["--url http://user:secret@host", `--url: must be ${URL_ALLOWED}, got one with an "@"`],
  [["--endpoint", ""], '--endpoint: must be a path such as /v1/chat/completions, got ""'],
  [
    "--custom-endpoint http://h/v1",
    '--custom-endpoint: must be a path such as /v1/chat/completions, got "http://h/v1"',
  ],
  [["--artifact-dir", " "], '--artifact-dir: must be one line of text that is not empty, got " "'],
  // Pairs.
  ["--extra-inputs foo", `--extra-inputs: must be ${PAIRS_ALLOWED}, got "foo"`],
  ["--extra-inputs :1", `--extra-inputs: must be ${PAIRS_ALLOWED}, got ":1"`],
  ["--extra-inputs {a:1}", '--extra-inputs: is not valid JSON, got "{a:1}"'],
  ["--extra-inputs a:1 --extra-inputs a:2", '--extra-inputs: "a" is given twice'],
  [
    "--extra-inputs foo bar",
    `--extra-inputs: must be ${PAIRS_ALLOWED}, got "foo"`,
    `--extra-inputs: must be ${PAIRS_ALLOWED}, got "bar"`,
  ],
  ["--extra-inputs stream:true", '--extra-inputs: must not set "stream"; use --streaming'],
  ["--goodput fast", `--goodput: must be ${GOODPUT_ALLOWED}, got "fast"`],
  [
    "--goodput request_latency:-5",
    `--goodput: must be ${GOODPUT_ALLOWED}, got "request_latency:-5"`,
  ],
  [["--goodput", ""], `--goodput: must be ${GOODPUT_ALLOWED}, got ""`],
  [
    "--goodput time_to_first_token:5",
    "--goodput: time_to_first_token is measured only with --streaming",
  ],
  // Flags.
  ["--frobnicate", "--frobnicate: unknown option"],
  ["-x", "-x: unknown option"],
  ["--concurrency", "--concurrency: needs a value: a whole number of at least 1"],
  ["--url --streaming", `--url: needs a value: ${URL_ALLOWED}`],
  [
    ["-H", "no colon", "Bad Name: 1", "X: \u0001", '{"A": 1, "B C": "x"}'],
    '-H: must be "Name: value", got a text without a colon',
    "-H: must be a header name of letters, digits and dashes before the colon",
    "-H: must be one line of Latin-1 text after X:",
    "-H: must hold texts only in its JSON object",
    "-H: must be a header name of letters, digits and dashes before the colon",
  ],
  ["-H", '-H: needs a value: "Name: value" headers or a JSON object'],
  [
    "--streaming=true",
    '--streaming: takes no value, got "true"; use --streaming or --no-streaming',
  ],
  [
    "--streaming false",
    '--streaming: takes no value, got "false"; use --streaming or --no-streaming',
  ],
  ["-v=1", '-v: takes no value, got "1"'],
  ["--isl 5 --isl 6", '--isl: is given twice, "5" and "6"'],
  ["--streaming --streaming", "--streaming: is given twice"],
  [
    "--streaming --no-streaming",
    "--no-streaming: is the same option as --streaming, which is given too",
  ],
  [
    "--num-requests 9 --request-count 9",
    "--request-count: is the same option as --num-requests, which is given too",
  ],
  ["-v -vv", "-vv: is the same option as -v, which is given too"],
  [
    "--use-server-token-count --token-count-source client",
    "--token-count-source: is the same option as --use-server-token-count, which is given too",
  ],
  // Commands and arguments.
  ["profil", '"profil": unknown command; did you mean profile?'],
  ["config shwo", '"config shwo": unknown command; did you mean config show?'],
  ["profile now", '"now": unexpected argument'],
  ["--streaming profile", '"profile": unexpected argument; the command comes first'],
  ["config init a.yaml b.yaml", '"b.yaml": unexpected argument'],
  ["config init --streaming", "--streaming: unknown option; aiperf profile has it"],
  // Contradictions.
  ["--run-type k8s", "--run-type: k8s is not there yet; use process"],
  [
    "--request-count 4 --concurrency 8",
    "--request-count: must be at least the concurrency (8), got 4",
  ],
  ["--arrival-pattern constant", "--arrival-pattern: has no effect without --request-rate"],
  ["--osl-stddev 5", "--osl-stddev: has no effect without --osl"],
  [
    "--benchmark-grace-period 5",
    "--benchmark-grace-period: has no effect without --benchmark-duration",
  ],
  [
    "--url http://h --mock-server",
    "--url: contradicts --mock-server, which brings a server of its own",
  ],
  ["--mock-ttft 5", "--mock-ttft: has no effect without --mock-server"],
  // Repeated runs.
  ["--num-profile-runs 0", '--num-profile-runs: must be a whole number from 1 to 10, got "0"'],
  ["--num-profile-runs 11", '--num-profile-runs: must be a whole number from 1 to 10, got "11"'],
  ["--num-profile-runs 2.5", '--num-profile-runs: must be a whole number from 1 to 10, got "2.5"'],
  ...[0, 1, 95].map((level) =>
    [
      `--num-profile-runs 3 --confidence-level ${level}`,
      `--confidence-level: must be a number above 0 and below 1, got "${level}"`,
    ] as const
  ),
  [
    "--num-profile-runs 3 --profile-run-cooldown-seconds -1",
    '--profile-run-cooldown-seconds: must be a number of at least 0, got "-1"',
  ],
  [
    "--profile-run-cooldown-seconds 5 --confidence-level 0.9 --no-set-consistent-seed " +
    "--no-profile-run-disable-warmup-after-first",
    ...[
      "--profile-run-cooldown-seconds",
      "--confidence-level",
      "--no-profile-run-disable-warmup-after-first",
      "--no-set-consistent-seed",
    ].map((flag) => `${flag}: has no effect without --num-profile-runs of at least 2`),
  ],
  [
    "--num-profile-runs 3 --no-set-consistent-seed --random-seed 5",
    "--no-set-consistent-seed: contradicts --random-seed, which gives every run the same seed",
  ],
  // Files.
  ["--config nope.yaml", '--config: cannot read "nope.yaml": no such file'],
  ["config validate nope.yaml", 'FILE: cannot read "nope.yaml": no such file'],
  [
    "config show a.yaml -f b.yaml",
    '"a.yaml": the configuration file is given twice, also by -f',
    '-f: cannot read "b.yaml": no such file',
  ],
];

for (const [line, ...expected] of ON_THE_COMMAND_LINE) {
  const args = typeof line === "string" ? line.split(" ") : line;
  Deno.test(`bad input: aiperf ${args.map((arg) => arg || '""').join(" ")}`, async () => {
    assertEquals(await problemsOf(args), expected);
  });
}

/** A configuration file, and every line that it is answered with. */
const IN_THE_FILE: readonly (readonly [string, ...string[]])[] = [
  [
    "loadgen:\n  concurrency: 0\n",
    "run.yaml: loadgen.concurrency: must be a whole number of at least 1, got 0",
  ],
  [
    "loadgen:\n  concurrency: '8'\n",
    'run.yaml: loadgen.concurrency: must be a whole number of at least 1, got "8"',
  ],
  [
    "loadgen:\n  request_rate: .nan\n",
    "run.yaml: loadgen.request_rate: must be a number above 0, got NaN",
  ],
  ["endpoint:\n  streaming: 1\n", "run.yaml: endpoint.streaming: must be true or false, got 1"],
  [
    "endpoint:\n  model_names: [a, b, a]\n",
    'run.yaml: endpoint.model_names: "a" is given twice',
  ],
  [
    "input:\n  extra: 5\n",
    `run.yaml: input.extra: must be ${PAIRS_ALLOWED}, got 5`,
  ],
  [
    "input:\n  goodput: {request_latency: -1}\n",
    `run.yaml: input.goodput: must be ${GOODPUT_ALLOWED}, got {"request_latency":-1}`,
  ],
  [
    "loadgen:\n  concurency: 8\n",
    "run.yaml: loadgen.concurency: unknown key; did you mean loadgen.concurrency?",
  ],
  ["concurrency: 8\n", "run.yaml: concurrency: unknown key; did you mean loadgen.concurrency?"],
  [
    "frobnicate: 8\n",
    "run.yaml: frobnicate: unknown key; the sections are endpoint, input, tokenizer, loadgen, " +
    "output, service, mock_server",
  ],
  ["loadgen:\n  frobnicate: 8\n", "run.yaml: loadgen.frobnicate: unknown key"],
  ["endpoint: 5\n", "run.yaml: endpoint: must be a mapping, got 5"],
  ["- a\n", "run.yaml: must be a mapping"],
  [
    "endpoint:\n  url: a\n url: b\n",
    "run.yaml: is not valid YAML: Cannot read block: bad indentation of a mapping entry at line 3, column 2",
  ],
  [
    "loadgen:\n  concurrency: 4\n  request_count: 2\nmock_server:\n  ttft: 5\n",
    "run.yaml: mock_server.ttft: has no effect without --mock-server",
    "run.yaml: loadgen.request_count: must be at least the concurrency (4), got 2",
  ],
];

for (const [text, ...expected] of IN_THE_FILE) {
  Deno.test(`bad file: ${JSON.stringify(text)}`, async () => {
    assertEquals(await problemsOf(["-f", "run.yaml"], { files: { "run.yaml": text } }), expected);
  });
}

Deno.test("bad input in the environment is told by the name of the variable", async () => {
  const env = {
    AIPERF_CONCURRENCY: "many",
    AIPERF_STREAMING: "maybe",
    AIPERF_CONFIG: "gone.yaml",
    AIPERF_API_KEY: "se cret",
  };
  assertEquals(await problemsOf([], { env }), [
    'AIPERF_CONFIG: cannot read "gone.yaml": no such file',
    'AIPERF_STREAMING: must be true or false, got "maybe"',
    "AIPERF_API_KEY: must be visible ASCII characters without spaces, got a value that is not shown",
    'AIPERF_CONCURRENCY: must be a whole number of at least 1, got "many"',
  ]);
});

Deno.test("every problem of every source is told at once", async () => {
  const world: World = {
    env: { AIPERF_ISL: "long" },
    files: { "run.yaml": "loadgen:\n  request_count: no\n  concurrency: 0\n" },
  };
  const args = [
    "--cncurrency",
    "5",
    "--osl=0",
    "-f",
    "run.yaml",
    "--streaming=yes",
    "--concurrency",
    "3",
  ];
  assertEquals(await problemsOf(args, world), [
    "--cncurrency: unknown option; did you mean --concurrency?",
    '--streaming: takes no value, got "yes"; use --streaming or --no-streaming',
    '--osl: must be a whole number of at least 1, got "0"',
    'AIPERF_ISL: must be a whole number from 1 to 10000000, got "long"',
    'run.yaml: loadgen.request_count: must be a whole number of at least 1, got "no"',
    "run.yaml: loadgen.concurrency: must be a whole number of at least 1, got 0",
  ]);
});

const SECRET = "sk-very-secret";

/** Command lines and files that hold the secret in a place that is wrong. */
const WITH_A_SECRET: readonly (readonly [readonly string[], string?])[] = [
  [["--api-key", `${SECRET} x`]],
  [["--api-key", SECRET, "--api-key", SECRET]],
  [["--api-key", "Bearer", SECRET]],
  [["--api-kye", SECRET]],
  [[`--api-kye=${SECRET}`]],
  [["-H", SECRET]],
  [["-H", "Authorization:", "Bearer", SECRET]],
  [["-H", `Bearer ${SECRET}: x`]],
  [["-H", `X-Key: ${SECRET}\n`, "X-Key: 2"]],
  [["-H", `{"Authorization": "${SECRET}"`]],
  [["-H", `{"Authorization": ["${SECRET}"]}`]],
  [["--api-key", SECRET, "-H", `Authorization: Bearer ${SECRET}`]],
  [["-u", `https://user:${SECRET}@host`]],
  [["-u", `https://user:${SECRET},1@host`]],
  [[], `endpoint:\n  api_key: [${SECRET}]\n`],
  [[], `endpoint:\n  api_key: ${SECRET}\n   api: 5\n`],
  [[], `input:\n  headers: {Authorization: [${SECRET}]}\n`],
];

for (const [args, text = ""] of WITH_A_SECRET) {
  Deno.test(`a secret is not echoed: ${args.join(" ")} ${JSON.stringify(text)}`, async () => {
    const files = { "run.yaml": text };
    const problems = await problemsOf([...args, "-f", "run.yaml"], { files });
    assertEquals(problems.length > 0, true);
    assertEquals(problems.filter((line) => line.includes(SECRET)), []);
  });
}
