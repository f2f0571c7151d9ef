import { assertEquals, assertThrows } from "@std/assert";
import { Refusal } from "../../../common/config/problem.ts";
import { parseRateSeries } from "../../../common/config/rate_series.ts";
import { problemsOf } from "../../helpers/command_line.ts";

const POINTS = [
  { atMs: 0, ratePerSecond: 5 },
  { atMs: 1_500, ratePerSecond: 20.5 },
  { atMs: 1_500, ratePerSecond: 0 },
  { atMs: 60_000, ratePerSecond: 0 },
];

const SAME: readonly (readonly [string, string])[] = [
  ["a table", "0,5\n1.5,20.5\n1.5,0\n60,0\n"],
  [
    "a table with names, blanks and comments",
    "time,rate\r\n 0 , 5\r\n\n# a step\n1.5,20.5\n1.5,0\n6e1,0",
  ],
  [
    "lines of JSON",
    '{"time":0,"rate":5}\n{"time":1.5,"rate":20.5}\n{"t":1.5,"qps":0}\n{"time_s":60,"rate":0}\n',
  ],
  [
    "one JSON object",
    '{\n "points": [{"time_s":0,"qps":5},{"time_s":1.5,"qps":20.5},{"time_s":1.5,"qps":0},' +
    '{"time_s":60,"qps":0}]}',
  ],
];

for (const [name, text] of SAME) {
  Deno.test(`a rate over time can be ${name}`, () => assertEquals(parseRateSeries(text), POINTS));
}

Deno.test("a first point after the start holds from the start on", () => {
  assertEquals(parseRateSeries("2,7\n"), [
    { atMs: 0, ratePerSecond: 7 },
    { atMs: 2_000, ratePerSecond: 7 },
  ]);
});

const BAD: readonly (readonly [string, ...string[]])[] = [
  ["", "holds no points"],
  ['{"points":[]}', "holds no points"],
  ['{"points":5', "is not valid JSON"],
  [
    "0,5\n1\n2,x\n3,-1\n4,",
    'line 2: must be a time and a rate of at least 0, got "1"',
    'line 3: must be a time and a rate of at least 0, got "2,x"',
    'line 4: must be a time and a rate of at least 0, got "3,-1"',
    'line 5: must be a time and a rate of at least 0, got "4,"',
  ],
  [
    '{"points":[{"time_s":0}, 7]}',
    'point 1: must be a time and a rate of at least 0, got "0,undefined"',
    "point 2: must be a time and a rate of at least 0, got something else",
  ],
  ["0,5\n{no}\n", "line 2: must be a time and a rate of at least 0, got something else"],
  ["0,5\n9,5\n3,5", "goes back in time: 3 s after 9 s"],
  ["0,5", "must reach beyond 0 s"],
  ["0,0\n5,0", "has a rate of 0 all the time"],
  ["0,5\n1,Infinity", 'line 2: must be a time and a rate of at least 0, got "1,Infinity"'],
];

for (const [text, ...messages] of BAD) {
  Deno.test(`a rate over time cannot be ${JSON.stringify(text)}`, () => {
    const refusal = assertThrows(() => parseRateSeries(text), Refusal);
    assertEquals(refusal.messages, messages);
  });
}

Deno.test("what is wrong with the file is told with the flag and the file", async () => {
  const files = { "rate.csv": "0,5\n5,fast\n" };
  assertEquals(
    await problemsOf(["--request-rate-series", "rate.csv", "--isl", "0"], { files }),
    [
      '--request-rate-series: "rate.csv": line 2: must be a time and a rate of at least 0, ' +
      'got "5,fast"',
      '--isl: must be a whole number from 1 to 10000000, got "0"',
    ],
  );
});

Deno.test("only the file that counts is read", async () => {
  const env = { AIPERF_REQUEST_RATE_SERIES: "gone.csv" };
  const files = { "rate.csv": "0,5\n5,5\n" };
  assertEquals(await problemsOf(["--request-rate-series", "rate.csv"], { env, files }), []);
  assertEquals(await problemsOf([], { env }), [
    'AIPERF_REQUEST_RATE_SERIES: cannot read "gone.csv": no such file',
  ]);
});
