import { assert, assertEquals, assertMatch } from "@std/assert";
import * as z from "zod/mini";
import { flagsOf, negation } from "../../../common/cli/flags.ts";
import { type OptionKey, OPTIONS, optionsOf, specOf } from "../../../common/config/option_table.ts";

const KEYS = Object.keys(OPTIONS) as OptionKey[];
const COMMANDS = ["profile", "mock-server", "analyze-trace"] as const;

Deno.test("no flag means two options of a command", () => {
  for (const command of COMMANDS) {
    const flags = optionsOf(command).flatMap(({ spec, flag, flags }) => [
      ...flags,
      ...Object.keys(spec.presets ?? {}),
      ...(spec.type.placeholder === null ? [negation(flag)] : []),
    ]);
    assertEquals(flags.length, new Set(flags).size);
    assertEquals(new Set(flagsOf(command).keys()), new Set(flags));
  }
});

Deno.test("no flag is taken by help or version", () => {
  for (const command of COMMANDS) {
    for (const flag of ["-h", "--help", "-V", "--version"]) assert(!flagsOf(command).has(flag));
  }
});

Deno.test("every option belongs to a command and has a place of its own in the file", () => {
  const shown = new Set(COMMANDS.flatMap((command) => optionsOf(command).map(({ key }) => key)));
  assertEquals([...shown].sort(), [...KEYS].sort());
  const paths = KEYS.flatMap((key) => specOf(key).path ?? []);
  assertEquals(paths.length, new Set(paths).size);
  for (const path of paths) assert(!paths.some((other) => other.startsWith(`${path}.`)), path);
});

Deno.test("every option is explained by one sentence", () => {
  for (const key of KEYS) assertMatch(specOf(key).help, /^[A-Z].*[^.]\.$/, key);
});

for (const key of KEYS) {
  Deno.test(`the default and the presets of ${key} are values that it allows`, () => {
    const { type, default: value, presets = {} } = specOf(key);
    const schema = type.schema(z);
    if (value !== null) assertEquals(z.parse(schema, type.toPlain(value)), value);
    for (const text of Object.values(presets)) z.parse(schema, type.fromText(text));
  });
}

Deno.test("flags and environment names are those of the reference tool", () => {
  const flags = [...flagsOf("profile").keys()];
  for (
    const flag of [
      ..."-m --model --model-names -u --url --endpoint --custom-endpoint --endpoint-type".split(
        " ",
      ),
      ..."--streaming --api-key --request-timeout-seconds --use-legacy-max-tokens".split(" "),
      ..."--use-server-token-count --extra-inputs -H --header --isl --isl-stddev --osl".split(" "),
      ..."--synthetic-input-tokens-mean --prompt-input-tokens-mean --output-tokens-mean".split(" "),
      ..."--osl-stddev --num-dataset-entries --num-prompts --random-seed --goodput".split(" "),
      ..."--dataset-sampling-strategy --tokenizer --concurrency --request-rate".split(" "),
      ..."--request-rate-mode --arrival-pattern --request-count --num-requests".split(" "),
      ..."--benchmark-duration --benchmark-grace-period --warmup-request-count".split(" "),
      ..."--num-warmup-requests --artifact-dir --output-artifact-dir --export-level".split(" "),
      ..."--profile-export-level --log-level -v -vv --workers-max --max-workers --ui".split(" "),
      ..."--ui-type -f --config --prefill-concurrency --concurrency-ramp-duration".split(" "),
      ..."--prefill-concurrency-ramp-duration --request-rate-ramp-duration".split(" "),
      ..."--request-rate-series --arrival-smoothness --vllm-burstiness --fixed-schedule".split(" "),
      ..."--no-fixed-schedule --fixed-schedule-auto-offset --fixed-schedule-start-offset".split(
        " ",
      ),
      ..."--fixed-schedule-end-offset --user-centric-rate --num-users --num-sessions".split(" "),
      ..."--conversation-num --num-conversations --failed-request-threshold".split(" "),
      ..."--request-cancellation-rate --request-cancellation-delay --warmup-duration".split(" "),
      ..."--num-warmup-sessions --warmup-concurrency --warmup-prefill-concurrency".split(" "),
      ..."--warmup-request-rate --warmup-arrival-pattern --warmup-grace-period".split(" "),
      ..."--warmup-concurrency-ramp-duration --warmup-request-rate-ramp-duration".split(" "),
      ..."--warmup-prefill-concurrency-ramp-duration".split(" "),
    ]
  ) assert(flags.includes(flag), flag);
  const names = optionsOf("profile").map(({ envName }) => envName);
  assert(names.includes("AIPERF_API_KEY"));
  assert(names.includes("AIPERF_REQUEST_TIMEOUT_SECONDS"));
});
