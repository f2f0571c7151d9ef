import { assert, assertEquals } from "@std/assert";
import { flagsOf } from "../../../../common/cli/flags.ts";
import { COMMANDS } from "../../../../common/cli/commands.ts";
import { commandAdvice, flagAdvice } from "../../../../common/cli/other_tools/advice.ts";
import { PEERS } from "../../../../common/cli/other_tools/peer_flags.ts";
import {
  PEER_COMMANDS,
  REFERENCE_COMMANDS,
} from "../../../../common/cli/other_tools/other_commands.ts";
import { REFERENCE_FLAGS } from "../../../../common/cli/other_tools/reference_flags.ts";

/** Every option of `aiperf profile` that the reference tool documents. */
const REFERENCE = `
--accuracy-benchmark --accuracy-enable-cot --accuracy-grader --accuracy-n-shots
--accuracy-system-prompt --accuracy-tasks --accuracy-verbose --adaptive-assessment-period
--adaptive-scale --adaptive-scale-control --adaptive-scale-sla --adaptive-sustain-duration
--agentic-cache-warmup-duration --agentic-warmup-grace-period --allow-dataset-wrap --api-host
--api-key --api-port --apply-chat-template --arrival-pattern --arrival-smoothness --artifact-dir
--audio-batch-size --audio-depths --audio-format --audio-length-mean --audio-length-stddev
--audio-num-channels --audio-sample-rates --auto-plot --batch-size --batch-size-text
--benchmark-duration --benchmark-grace-period --bo-constraint-mode --burst-phase-starts
--cache-bust --concurrency --concurrency-min --concurrency-ramp-duration --confidence-level
--config --connection-reuse-strategy --convergence-metric --conversation-num
--conversation-turn-delay-mean --conversation-turn-delay-ratio --conversation-turn-mean
--custom-dataset-type --custom-endpoint --dataset-filter --dataset-sampling-strategy
--debug-service --degradation-threshold --disable-uvloop --download-video-content --e2e-sla-ms
--enable-yappi-profiling --endpoint --endpoint-type --error-rate-sla --export-http-trace
--export-level --export-outputs-json --extra-inputs --failed-request-threshold --fixed-schedule
--fixed-schedule-auto-offset --fixed-schedule-end-offset --fixed-schedule-start-offset
--force-min-tokens --gen-ai-provider --goodput --gpu-telemetry --header --hf-subset
--hf-weka-dataset --ignore-trace-delays --image-batch-size --image-format --image-height-mean
--image-source --image-source-sampling --image-width-mean --input-file
--inter-turn-delay-cap-seconds --isl --isl-block-size --isl-min --isl-osl-pairs --isl-stddev
--itl-sla-ms --log-level --max-context-length --max-idle-gap-cap-seconds --max-workers
--mlflow-tracking-uri --model --model-names --model-selection-strategy
--network-latency-automatic --network-latency-mean --network-latency-ping-interval
--no-fixed-schedule --no-gpu-telemetry --no-server-metrics --no-sweep-table --num-conversations
--num-dataset-entries --num-prefix-prompts --num-profile-runs --num-prompts --num-requests
--num-sessions --num-users --num-warmup-requests --num-warmup-sessions --omit-kv-hints
--open-loop-replay --open-loop-strict --optuna-sampler --osl --osl-min --osl-stddev
--otel-resource-attributes --otel-url --output-artifact-dir --output-tokens-mean
--parameter-sweep-cooldown-seconds --parameter-sweep-mode --parameter-sweep-same-seed
--per-chunk-usage --plot-required --prefill-concurrency --prefill-concurrency-ramp-duration
--prefix-prompt-length --prefix-prompt-pool-size --profile-export-file --profile-export-level
--profile-export-prefix --profile-run-cooldown-seconds --profile-run-disable-warmup-after-first
--prompt-batch-size --prompt-corpus --prompt-input-tokens-mean --prompt-prefix-length
--prompt-prefix-pool-size --public-dataset --random-corpus-style --random-range-ratio
--random-seed --rankings-passages-mean --rankings-passages-prompt-token-mean
--rankings-query-prompt-token-mean --record-processor-service-count --record-processors
--replay-speedup --request-cancellation-delay --request-cancellation-rate --request-content-type
--request-count --request-rate --request-rate-mode --request-rate-ramp-duration
--request-rate-series --request-timeout-seconds --reset-kv-cache --reset-kv-cache-path
--reset-kv-cache-timeout-seconds --scenario --search-direction --search-initial-points
--search-max-iterations --search-metric --search-percentile-pooling --search-planner
--search-random-seed --search-recipe --search-sla --search-sla-tier --search-space --search-stat
--search-style --seq-dist --sequence-distribution --server-metrics --server-metrics-formats
--server-profiler --session-delay-ratio --session-header --session-turn-delay-mean
--session-turns-mean --set-consistent-seed --shared-system-prompt-length --show-internal-metrics
--show-trace-timing --slice-duration --slo-attainment-fraction --stats-interval --stream
--streaming --sweep-type --synthesis-max-isl --synthesis-max-osl
--synthesis-output-len-multiplier --synthesis-prefix-len-multiplier
--synthesis-prefix-root-multiplier --synthesis-prompt-len-multiplier --synthesis-speedup-ratio
--synthetic-input-tokens-mean --system-idle-gap-cap-seconds --tokenizer --tokenizer-revision
--tokenizer-trust-remote-code --tpot-sla-ms --trace-idle-gap-cap-seconds --trace-service
--trace-session-sample-ratio --trajectory-start-min-ratio --transport --transport-type
--ttft-sla-ms --ui --ui-type --unsafe-override --url --url-strategy --use-legacy-max-tokens
--use-server-token-count --use-think-time-only --user-centric-rate --user-context-prompt-length
--uuid-and-strip --variant --vary-seed-per-trial --video-audio-sample-rate --video-batch-size
--video-codec --video-duration --video-format --video-fps --video-synth-type --video-width
--vllm-burstiness --wait-for-model-interval --wait-for-model-mode --wait-for-model-timeout
--wandb-project --warmup-arrival-pattern --warmup-concurrency --warmup-duration
--warmup-grace-period --warmup-prefill-concurrency --warmup-request-count --warmup-request-rate
--workers-max --zmq-dual-bind --zmq-host --zmq-ipc-path
`.trim().split(/\s+/);

const OURS = [...flagsOf("profile").keys()];
const ENTRIES = [...REFERENCE_FLAGS, ...PEERS.flatMap(({ flags }) => flags)];

Deno.test("every option that the reference tool documents is one here, or has advice", () => {
  const left = REFERENCE.filter((flag) => !OURS.includes(flag) && flagAdvice(flag) === null);
  assertEquals(left, []);
});

Deno.test("no option that is one here is called unknown", () => {
  assertEquals(OURS.filter((flag) => flag.startsWith("--") && flagAdvice(flag) !== null), []);
});

Deno.test("no command that is one here is called unknown", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(names.filter((name) => commandAdvice(name) !== null), []);
});

Deno.test("advice names only options and commands that there are", () => {
  const known = [...OURS, "--help"];
  for (const { advice } of [...ENTRIES, ...REFERENCE_COMMANDS, ...PEER_COMMANDS]) {
    for (const [flag] of advice.matchAll(/--[a-z-]+|(?<= )-[a-zA-Z]+/g)) {
      assert(known.includes(flag), `${flag} in: ${advice}`);
    }
    for (const [, command] of advice.matchAll(/\baiperf (config \w+|[a-z-]+)/g)) {
      assert(COMMANDS.some(({ name }) => name === command), `${command} in: ${advice}`);
    }
  }
});

Deno.test("each option of another tool stands in one place of the tables of its tool", () => {
  for (const flags of [REFERENCE_FLAGS, ...PEERS.map((peer) => peer.flags)]) {
    const names = flags.flatMap((entry) => entry.flags);
    assertEquals(names.length, new Set(names).size);
  }
});

Deno.test("an option that is spelt out goes before one that only begins so", () => {
  const table: [string, string | null][] = [
    ["--server-metrics-url", "the server's own metrics are not read"],
    ["--no-server-metrics", "leave it out"],
    ["--search-recipe", "give one value for each run"],
    ["--max-concurrency", "use --concurrency"],
    ["--frobnicate", null],
  ];
  for (const [flag, part] of table) {
    const advice = flagAdvice(flag);
    assertEquals(part === null ? advice === null : advice?.includes(part), true, flag);
  }
});
