import { assertEquals } from "@std/assert";
import { problemsOf } from "../../helpers/command_line.ts";

/** Options of the load that do not go together, and every line that they are answered with. */
const CONTRADICTIONS: readonly (readonly [string, ...string[]])[] = [
  [
    "--request-rate 5 --arrival-smoothness 0",
    '--arrival-smoothness: must be a number above 0, got "0"',
  ],
  ["--vllm-burstiness 2", "--vllm-burstiness: has no effect without --arrival-pattern gamma"],
  [
    "--arrival-pattern concurrency_burst",
    "--arrival-pattern: concurrency_burst needs --concurrency",
  ],
  [
    "--request-rate-mode concurrency_burst --concurrency 4 --request-rate 5",
    "--request-rate-mode: concurrency_burst contradicts --request-rate",
  ],
  ["--user-centric-rate 5", "--user-centric-rate: needs --num-users"],
  ["--num-users 5", "--num-users: has no effect without --user-centric-rate"],
  [
    "--user-centric-rate 5 --num-users 5 --concurrency 5",
    "--concurrency: contradicts --user-centric-rate; say how many by --num-users",
  ],
  [
    "--user-centric-rate 5 --num-users 5 --request-rate 5",
    "--request-rate: contradicts --user-centric-rate, which sets the pace too",
  ],
  [
    "--user-centric-rate 5 --num-users 5 --session-turns-mean 3 --session-turn-delay-mean 9 " +
    "--inter-turn-delay-cap-seconds 1",
    "--session-turn-delay-mean: has no effect with --user-centric-rate",
    "--inter-turn-delay-cap-seconds: has no effect with --user-centric-rate",
  ],
  ["--fixed-schedule", "--fixed-schedule: needs --input-file with timestamps"],
  [
    "--fixed-schedule --input-file a --request-rate 2 --user-centric-rate 3 --num-users 1",
    "--user-centric-rate: contradicts --fixed-schedule, which sets the pace too",
    "--request-rate: contradicts --fixed-schedule, which sets the pace too",
  ],
  [
    "--fixed-schedule-auto-offset --fixed-schedule-end-offset 5",
    "--fixed-schedule-auto-offset: has no effect without --fixed-schedule",
    "--fixed-schedule-end-offset: has no effect without --fixed-schedule",
  ],
  [
    "--fixed-schedule --input-file a --fixed-schedule-auto-offset --fixed-schedule-start-offset 9 " +
    "--fixed-schedule-end-offset 8",
    "--fixed-schedule-start-offset: contradicts --fixed-schedule-auto-offset",
    "--fixed-schedule-end-offset: must be at least the start offset (9), got 8",
  ],
  [
    "--fixed-schedule --input-file a --fixed-schedule-start-offset -1",
    '--fixed-schedule-start-offset: must be a whole number of at least 0, got "-1"',
  ],
  ["--prefill-concurrency 2 --concurrency 4", "--prefill-concurrency: needs --streaming"],
  [
    "--prefill-concurrency 2 --streaming",
    "--prefill-concurrency: has no effect without --concurrency or a rate",
  ],
  [
    "--prefill-concurrency 5 --streaming --concurrency 4",
    "--prefill-concurrency: must be at most the concurrency (4), got 5",
  ],
  [
    "--concurrency-ramp-duration 5 --prefill-concurrency-ramp-duration 5 " +
    "--request-rate-ramp-duration 5",
    "--concurrency-ramp-duration: has no effect without --concurrency",
    "--prefill-concurrency-ramp-duration: has no effect without --prefill-concurrency",
    "--request-rate-ramp-duration: has no effect without --request-rate",
  ],
  [
    "--concurrency 4 --concurrency-ramp-duration 11 --benchmark-duration 10",
    "--concurrency-ramp-duration: must be at most --benchmark-duration (10), got 11",
  ],
  [
    "--request-rate 4 --request-rate-ramp-duration 0",
    '--request-rate-ramp-duration: must be a number above 0, got "0"',
  ],
  [
    "--concurrency 4 --num-sessions 3",
    "--num-sessions: must be at least the concurrency (4), got 3",
  ],
  ["--num-conversations 0", '--num-conversations: must be a whole number of at least 1, got "0"'],
  [
    "--request-cancellation-rate 101",
    '--request-cancellation-rate: must be a number from 0 to 100, got "101"',
  ],
  [
    "--request-cancellation-rate 10 --request-cancellation-delay -1",
    '--request-cancellation-delay: must be a number of at least 0, got "-1"',
  ],
  [
    "--request-cancellation-delay 1",
    "--request-cancellation-delay: has no effect without --request-cancellation-rate above 0",
  ],
  [
    "--failed-request-threshold 1.5",
    '--failed-request-threshold: must be a number from 0 to 1, got "1.5"',
  ],
  [
    "--warmup-concurrency 5",
    "--warmup-concurrency: has no effect without --warmup-request-count, --warmup-duration or " +
    "--num-warmup-sessions",
  ],
  [
    "--warmup-grace-period 5 --warmup-request-count 5",
    "--warmup-grace-period: has no effect without --warmup-duration",
  ],
  [
    "--warmup-duration 5 --warmup-prefill-concurrency 2",
    "--warmup-prefill-concurrency: needs --streaming",
  ],
  [
    "--warmup-duration 5 --concurrency 4 --warmup-concurrency-ramp-duration 6",
    "--warmup-concurrency-ramp-duration: must be at most --warmup-duration (5), got 6",
  ],
  [
    "--concurrency 4 --concurrency-ramp-duration 6 --warmup-duration 5",
    "--concurrency-ramp-duration: is that of the warm-up, too, and must be at most " +
    "--warmup-duration (5), got 6; or give --warmup-concurrency-ramp-duration, 0 for none",
  ],
  [
    "--request-rate 4 --request-rate-ramp-duration 6 --warmup-duration 5 --streaming " +
    "--prefill-concurrency 2 --prefill-concurrency-ramp-duration 7",
    "--prefill-concurrency-ramp-duration: is that of the warm-up, too, and must be at most " +
    "--warmup-duration (5), got 7; or give --warmup-prefill-concurrency-ramp-duration, 0 for none",
    "--request-rate-ramp-duration: is that of the warm-up, too, and must be at most " +
    "--warmup-duration (5), got 6; or give --warmup-request-rate-ramp-duration, 0 for none",
  ],
  [
    "--fixed-schedule --input-file a --dataset-sampling-strategy random",
    "--dataset-sampling-strategy: has no effect on a fixed schedule, which has an order of its own " +
    "(--no-fixed-schedule has none)",
  ],
  [
    "--concurrency 2 --warmup-request-count 4 --warmup-arrival-pattern constant " +
    "--warmup-request-rate-ramp-duration 2 --warmup-prefill-concurrency-ramp-duration 2",
    "--warmup-prefill-concurrency-ramp-duration: has no effect without " +
    "--warmup-prefill-concurrency or --prefill-concurrency",
    "--warmup-request-rate-ramp-duration: has no effect where the warm-up has no rate",
    "--warmup-arrival-pattern: has no effect without --warmup-request-rate or --request-rate",
  ],
  [
    "--request-rate 5 --warmup-request-count 4 --warmup-concurrency-ramp-duration 2",
    "--warmup-concurrency-ramp-duration: has no effect without --warmup-concurrency or " +
    "--concurrency",
  ],
  [
    "--user-centric-rate 5 --num-users 2 --warmup-duration 4 --warmup-arrival-pattern constant",
    "--warmup-arrival-pattern: has no effect without --warmup-request-rate or --request-rate",
  ],
  [
    "--user-centric-rate 5 --num-users 2 --warmup-duration 4 --warmup-concurrency-ramp-duration 1",
    "--warmup-concurrency-ramp-duration: has no effect without --warmup-concurrency or " +
    "--concurrency",
  ],
  [
    "--request-rate 5 --num-warmup-sessions 4 --warmup-arrival-pattern concurrency_burst " +
    "--warmup-request-rate-ramp-duration 2",
    "--warmup-request-rate-ramp-duration: has no effect where the warm-up has no rate",
    "--warmup-arrival-pattern: concurrency_burst needs --warmup-concurrency or --concurrency",
  ],
  [
    "--request-rate 5 --warmup-duration 4 --warmup-arrival-pattern concurrency_burst " +
    "--warmup-request-rate 3 --warmup-concurrency 2",
    "--warmup-request-rate: contradicts --warmup-arrival-pattern concurrency_burst",
  ],
  [
    "--concurrency 5 --arrival-pattern concurrency_burst --warmup-duration 4 " +
    "--warmup-request-rate 3",
    "--warmup-request-rate: contradicts --arrival-pattern concurrency_burst",
  ],
  [
    "--request-rate 50 --request-rate-ramp-duration 4 --request-count 100",
    "--request-rate-ramp-duration: must end before the run does: the 100 requests of " +
    "--request-count are due within about 4.0 s of a ramp to --request-rate (50), got 4",
  ],
  [
    "--request-rate 50 --request-rate-ramp-duration 60 --num-requests 61 --benchmark-duration 70",
    "--request-rate-ramp-duration: must end before the run does: the 61 requests of " +
    "--num-requests are due within about 12 s of a ramp to --request-rate (50), got 60",
  ],
  [
    "--request-rate-series gone.csv --request-count 5 --benchmark-grace-period 2",
    '--request-rate-series: cannot read "gone.csv": no such file',
    "--benchmark-grace-period: has no effect without --benchmark-duration",
  ],
  [
    "--request-rate-series gone.csv --request-rate 5",
    '--request-rate-series: cannot read "gone.csv": no such file',
    "--request-rate: contradicts --request-rate-series, which sets the pace too",
  ],
];

for (const [line, ...expected] of CONTRADICTIONS) {
  Deno.test(`contradiction: ${line}`, async () => {
    assertEquals(await problemsOf(line.split(" ")), expected);
  });
}

/** What goes together. */
const ALLOWED: readonly string[] = [
  "--request-rate 5 --concurrency 4 --request-count 2",
  "--request-rate 5 --prefill-concurrency 4 --streaming",
  "--user-centric-rate 5 --num-users 50 --num-sessions 4 --prefill-concurrency 4 --streaming",
  "--fixed-schedule --input-file a --concurrency 9 --num-sessions 2",
  "--no-fixed-schedule --request-rate 5",
  "--request-rate 5 --request-rate-ramp-duration 5 --benchmark-duration 5",
  "--request-rate 50 --request-rate-ramp-duration 4 --request-count 101",
  "--request-rate 50 --request-rate-ramp-duration 4 --request-count 100 --num-sessions 20",
  "--concurrency 4 --warmup-request-rate 5 --warmup-arrival-pattern gamma " +
  "--arrival-smoothness 2 --warmup-duration 1",
  "--concurrency 4 --warmup-request-rate 5 --arrival-pattern constant --num-warmup-sessions 1",
  "--request-rate 4 --warmup-arrival-pattern concurrency_burst --warmup-concurrency 5 " +
  "--warmup-concurrency-ramp-duration 1 --warmup-duration 1",
  "--request-rate 4 --request-rate-ramp-duration 6 --warmup-duration 5 " +
  "--warmup-request-rate-ramp-duration 2",
  "--request-rate 4 --request-rate-ramp-duration 6 --warmup-duration 5 " +
  "--warmup-arrival-pattern concurrency_burst --warmup-concurrency 2",
  "--fixed-schedule --input-file a --dataset-sampling-strategy random --warmup-request-count 5",
  "--user-centric-rate 5 --num-users 2 --warmup-concurrency 4 --warmup-duration 1 " +
  "--warmup-concurrency-ramp-duration 1",
  "--user-centric-rate 5 --num-users 2 --warmup-request-rate 4 " +
  "--warmup-request-rate-ramp-duration 1 --warmup-arrival-pattern constant --warmup-duration 1",
];

for (const line of ALLOWED) {
  Deno.test(`no contradiction: ${line}`, async () => {
    assertEquals(await problemsOf(line.split(" ")), []);
  });
}

Deno.test("a ramp must fit into a series of rates that the run ends with", async () => {
  const files = { "rate.csv": "0,5\n3,5\n" };
  const line = "--request-rate-series rate.csv --streaming --concurrency 4 " +
    "--concurrency-ramp-duration 10 --prefill-concurrency 2 --prefill-concurrency-ramp-duration 3";
  assertEquals(await problemsOf(line.split(" "), { files }), [
    "--concurrency-ramp-duration: must be at most the length of --request-rate-series (3), got 10",
  ]);
  assertEquals(await problemsOf(`${line} --request-count 99`.split(" "), { files }), []);
});
