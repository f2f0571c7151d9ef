import { ONE_VALUE } from "../../config/value_hint.ts";
import type { OtherFlags } from "./other_flags.ts";

const NOT_SENT = "upload the files of --artifact-dir yourself: results are sent nowhere";
const NO_AGENTS = "recorded agents are not replayed; see docs/traces.md for what is";

/** Flags of the reference tool, NVIDIA AIPerf, that are none here. */
export const REFERENCE_FLAGS: readonly OtherFlags[] = [
  {
    flags: ["--gpu-telemetry"],
    advice: "leave it out: GPUs are not watched; let dcgm-exporter or nvidia-smi record them",
  },
  { flags: ["--no-gpu-telemetry"], advice: "leave it out: GPUs are never watched" },
  {
    flags: ["--server-metrics*"],
    advice: "leave it out: the server's own metrics are not read; let Prometheus record them",
  },
  { flags: ["--no-server-metrics"], advice: "leave it out: the server's own metrics are not read" },
  {
    flags: ["--network-latency-*"],
    advice: "leave it out: no round trip is taken off the latencies",
  },
  {
    flags: ["--slice-duration"],
    advice: "leave it out: profile_export.jsonl has the time of each request to cut slices by",
  },
  {
    flags: ["--export-outputs-json"],
    advice: "use --export-level raw, whose profile_export_raw.jsonl holds the answers",
  },
  {
    flags: ["--export-http-trace", "--show-trace-timing"],
    advice: "use --export-level raw, whose profile_export_raw.jsonl has the time of each read",
  },
  {
    flags: ["--auto-plot", "--plot-required"],
    advice: "leave it out: no plots are drawn; profile_export_aiperf.csv is for that",
  },
  { flags: ["--otel-*", "--gen-ai-provider", "--mlflow-*", "--wandb-*"], advice: NOT_SENT },
  {
    flags: ["--stream"],
    advice: "use --streaming to have answers streamed; metrics are not streamed anywhere",
  },
  {
    flags: ["--record-processors", "--record-processor-service-count"],
    advice: "leave it out: there is one process for metrics",
  },
  {
    flags: ["--zmq-*"],
    advice: "leave it out: services talk over Unix sockets, for which --runtime-dir is the folder",
  },
  { flags: ["--api-host", "--api-port"], advice: "leave it out: results are in files alone" },
  {
    flags: ["--transport", "--transport-type"],
    advice: "leave it out: there is HTTP only, and --http-version chooses which",
  },
  {
    flags: ["--tokenizer-trust-remote-code", "--trust-remote-code"],
    advice: "leave it out: a tokenizer.json is all that is read, and code is never run",
  },
  {
    flags: [
      "--sweep-type",
      "--no-sweep-table",
      "--parameter-sweep-*",
      "--search-*",
      "--optuna-*",
      "--bo-constraint-mode",
      "--variant",
      "--adaptive-*",
      "--isl-osl-pairs",
      "--degradation-*",
      "--slo-attainment-fraction",
      "--error-rate-sla",
      "--concurrency-min",
      "--concurrency-max",
      "--concurrency-steps",
      "--isl-min",
      "--isl-max",
      "--isl-steps",
      "--osl-min",
      "--osl-max",
      "--osl-steps",
    ],
    advice: ONE_VALUE,
  },
  {
    flags: ["--ttft-sla-ms", "--itl-sla-ms", "--tpot-sla-ms", "--e2e-sla-ms"],
    advice: "use --goodput, which takes objectives such as time_to_first_token:200",
  },
  {
    flags: ["--convergence-*"],
    advice: "use --num-profile-runs, whose aggregate says how far the runs are apart",
  },
  { flags: ["--vary-seed-per-trial"], advice: "use --no-set-consistent-seed" },
  { flags: ["--accuracy-*"], advice: "leave it out: answers are not judged, only timed" },
  {
    flags: ["--scenario", "--unsafe-override"],
    advice: "leave it out, and give the options that you mean",
  },
  {
    flags: [
      "--trajectory-start-*",
      "--burst-phase-starts",
      "--agentic-*",
      "--hf-weka-dataset",
      "--trace-idle-gap-cap-seconds",
      "--system-idle-gap-cap-seconds",
      "--max-idle-gap-cap-seconds",
      "--open-loop-*",
      "--omit-kv-hints",
      "--force-min-tokens",
      "--use-think-time-only",
    ],
    advice: NO_AGENTS,
  },
  { flags: ["--replay-speedup"], advice: "use --synthesis-speedup-ratio" },
  {
    flags: ["--ignore-trace-delays"],
    advice: "use --no-fixed-schedule with --conversation-turn-delay-ratio 0",
  },
  { flags: ["--max-context-length"], advice: "use --synthesis-max-isl for a trace" },
  { flags: ["--trace-session-sample-ratio"], advice: "use --num-dataset-entries" },
  {
    flags: ["--image-source*"],
    advice: "leave it out: made-up pictures are noise; your own go into --input-file",
  },
  {
    flags: ["--video-*", "--download-video-content", "--uuid-and-strip"],
    advice: "films are not made up: name them in the field video of --input-file",
  },
  {
    flags: ["--random-range-ratio", "--random-corpus-style"],
    advice: "use --isl-stddev and --osl-stddev, or --seq-dist",
  },
  { flags: ["--dataset-filter"], advice: "filter the file yourself and give it as --input-file" },
  {
    flags: ["--request-content-type"],
    advice: "leave it out: --endpoint-type decides; -H adds a header",
  },
  { flags: ["--enable-yappi-profiling", "--disable-uvloop"], advice: "leave it out" },
  {
    flags: ["--debug-service*", "--trace-service*", "--show-internal-metrics"],
    advice: "use --log-level DEBUG or TRACE, which is for all services",
  },
  {
    flags: ["--install-completion"],
    advice: 'use eval "$(aiperf completions bash)", or zsh or fish',
  },
];
