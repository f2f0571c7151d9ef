import { assertEquals } from "@std/assert";
import { benchArguments } from "../../scripts/bench_arguments.ts";

const MOCK = "--mock-ttft 50 --mock-itl 5 --mock-jitter 0.1";
const DEFAULTS = "profile --mock-server --streaming --concurrency 8 --request-count 160 " +
  `--isl 550 --osl 50 ${MOCK}`;

const CASES: [what: string, given: string, expected: string][] = [
  ["loads the mock server without arguments", "", DEFAULTS],
  ["adds what it has no default for", "--random-seed 1", `${DEFAULTS} --random-seed 1`],
  [
    "lets an option replace its default",
    "--concurrency 16",
    `profile --mock-server --streaming --request-count 160 --isl 550 --osl 50 ${MOCK} ` +
    "--concurrency 16",
  ],
  [
    "knows an option by its other name, and written with =",
    "--num-requests=9 --output-tokens-mean=5",
    `profile --mock-server --streaming --concurrency 8 --isl 550 ${MOCK} --num-requests=9 ` +
    "--output-tokens-mean=5",
  ],
  ...["--request-count 5", "--num-requests=5"].map((few): [string, string, string] => [
    "has no more in flight than are to be sent",
    few,
    `profile --mock-server --streaming --concurrency 5 --isl 550 --osl 50 ${MOCK} ${few}`,
  ]),
  [
    "leaves a number of requests that is none to be refused",
    "--request-count x",
    `profile --mock-server --streaming --concurrency 8 --isl 550 --osl 50 ${MOCK} --request-count x`,
  ],
  [
    "takes a duration in place of the number of requests",
    "--benchmark-duration 5",
    `profile --mock-server --streaming --concurrency 8 --isl 550 --osl 50 ${MOCK} ` +
    "--benchmark-duration 5",
  ],
  [
    "takes a rate in place of the concurrency",
    "--request-rate 5",
    `profile --mock-server --streaming --request-count 160 --isl 550 --osl 50 ${MOCK} ` +
    "--request-rate 5",
  ],
  [
    "passes on what names a server",
    "--url http://h --model m",
    "profile --url http://h --model m",
  ],
  ["passes on what names a server with =", "-u=http://h", "profile -u=http://h"],
  ["passes on what names a configuration", "--config c.yaml", "profile --config c.yaml"],
  [
    "passes on what names the mock server",
    "--mock-server --osl 9",
    "profile --mock-server --osl 9",
  ],
  ["passes on a command", "mock-server --port 1", "mock-server --port 1"],
  ["shows the help of profile", "--help", "profile --help"],
];

for (const [what, given, expected] of CASES) {
  Deno.test(`benchArguments() ${what}`, () => {
    const args = given === "" ? [] : given.split(" ");
    assertEquals(benchArguments(args), expected.split(" "));
  });
}
