import { assertEquals } from "@std/assert";
import { problemsOf } from "../../helpers/command_line.ts";

/** Command lines for other tools, and every line that they are answered with. */
const LINES: readonly (readonly [string, ...string[]])[] = [
  ["--max-concurrency 8", "--max-concurrency: unknown option; use --concurrency"],
  [
    "--server-metrics-formats json csv",
    "--server-metrics-formats: unknown option; leave it out: the server's own metrics are not " +
    "read; let Prometheus record them",
  ],
  // Values that other tools take.
  [
    "--concurrency 1,2,4",
    '--concurrency: must be a whole number of at least 1, got "1,2,4"; give one value for each ' +
    "run, and call aiperf profile in a loop of the shell",
  ],
  [
    "--ui dashboard",
    '--ui: must be one of simple, none, got "dashboard"; there is no dashboard; use simple',
  ],
  ["--ui simpel", '--ui: must be one of simple, none, got "simpel"; did you mean simple?'],
  [
    "--request-rate inf",
    '--request-rate: must be a number above 0, got "inf"; for all at once use --concurrency, as ' +
    "high as --request-count",
  ],
  [
    "--goodput TPOT:5",
    '--goodput: "TPOT" is no metric of single requests; use inter_token_latency',
  ],
  [
    "--goodput fastness:5",
    '--goodput: "fastness" is no metric of single requests; some are time_to_first_token, ' +
    "inter_token_latency and request_latency",
  ],
  ["chat", '"chat": unknown command; use aiperf profile --request-count 1 --export-level raw'],
  [
    "bench serve --model m",
    '"bench": unknown command; use aiperf profile; docs/other_tools.md has the options',
  ],
  ["config expand", '"config expand": unknown command; use aiperf config show'],
  [
    "--goodput request_latncy:5",
    '--goodput: "request_latncy" is no metric of single requests; did you mean request_latency?',
  ],
  ["--concurency 8", "--concurency: unknown option; did you mean --concurrency?"],
];

for (const [line, ...expected] of LINES) {
  Deno.test(`a command line for another tool: aiperf ${line}`, async () => {
    assertEquals(await problemsOf(line.split(" ")), expected);
  });
}
