import type { OtherFlags } from "./other_flags.ts";

/** A tool and its flags that are none here. */
export interface Peer {
  readonly name: string;
  readonly flags: readonly OtherFlags[];
}

/** Flags of other load generators; where two have the same one, the first entry is for both. */
export const PEERS: readonly Peer[] = [
  {
    name: "GenAI-Perf",
    flags: [
      {
        flags: ["--service-kind"],
        advice: "leave it out: --endpoint-type says which API the server speaks",
      },
      {
        flags: ["--backend"],
        advice: "use --endpoint-type, which says which API the server speaks",
      },
      {
        flags: ["--measurement-interval", "-p"],
        advice: "use --benchmark-duration, in seconds, or --request-count",
      },
      {
        flags: ["--stability-percentage", "-s"],
        advice: "use --num-profile-runs, whose aggregate says how far the runs are apart",
      },
      { flags: ["--session-concurrency"], advice: "use --concurrency, which counts conversations" },
      {
        flags: ["--output-tokens-mean-deterministic"],
        advice: "use --extra-inputs ignore_eos:true, if the server knows that",
      },
      {
        flags: ["--generate-plots"],
        advice: "leave it out: no plots are drawn; profile_export_aiperf.csv is for that",
      },
      { flags: ["--verbose"], advice: "use -v" },
      { flags: ["--extra-verbose"], advice: "use -vv" },
      { flags: ["--max-threads"], advice: "use --workers-max" },
      {
        flags: ["--", "--grpc-method", "--enable-checkpoint", "--checkpoint-dir"],
        advice: "leave it out, with what belongs to it: there is no Perf Analyzer",
      },
    ],
  },
  {
    name: "vllm bench serve",
    flags: [
      { flags: ["--base-url"], advice: "use --url" },
      { flags: ["--host", "--port"], advice: "use --url http://HOST:PORT" },
      { flags: ["--max-concurrency"], advice: "use --concurrency" },
      {
        flags: ["--burstiness"],
        advice: "use --arrival-pattern gamma with --arrival-smoothness",
      },
      { flags: ["--seed"], advice: "use --random-seed" },
      { flags: ["--num-warmups"], advice: "use --warmup-request-count" },
      {
        flags: ["--dataset-name"],
        advice: "use --public-dataset, or --input-file; without them prompts are made up",
      },
      { flags: ["--dataset-path"], advice: "use --input-file; see docs/input_files.md" },
      { flags: ["--random-input-len", "--input-len", "--sonnet-input-len"], advice: "use --isl" },
      {
        flags: [
          "--random-output-len",
          "--output-len",
          "--sharegpt-output-len",
          "--sonnet-output-len",
          "--custom-output-len",
          "--hf-output-len",
        ],
        advice: "use --osl",
      },
      {
        flags: ["--random-prefix-len", "--sonnet-prefix-len", "--prefix-repetition-prefix-len"],
        advice: "use --num-prefix-prompts with --prefix-prompt-length",
      },
      { flags: ["--random-batch-size"], advice: "use --batch-size" },
      { flags: ["--ignore-eos"], advice: "use --extra-inputs ignore_eos:true" },
      { flags: ["--extra-body"], advice: "use --extra-inputs, which takes JSON, too" },
      {
        flags: [
          "--temperature",
          "--top-p",
          "--top-k",
          "--min-p",
          "--logprobs",
          "--frequency-penalty",
          "--presence-penalty",
          "--repetition-penalty",
        ],
        advice: "use --extra-inputs, as in --extra-inputs temperature:0.2",
      },
      { flags: ["--headers"], advice: "use -H" },
      { flags: ["--served-model-name"], advice: "use --model, and --tokenizer for the other name" },
      {
        flags: ["--percentile-metrics", "--metric-percentiles"],
        advice: "leave it out: the exports have all percentiles of all metrics",
      },
      {
        flags: ["--save-result", "--save-detailed", "--append-result"],
        advice: "leave it out: results are always written, each run into a folder of its own",
      },
      { flags: ["--result-dir"], advice: "use --artifact-dir" },
      { flags: ["--result-filename"], advice: "use --profile-export-prefix" },
      {
        flags: ["--ramp-up-*"],
        advice: "use --request-rate-ramp-duration or --request-rate-series",
      },
      { flags: ["--ready-check-timeout-sec"], advice: "use --wait-for-model-timeout" },
      { flags: ["--disable-tqdm"], advice: "use --ui none" },
      {
        flags: ["--insecure"],
        advice: "use --ca-cert with the certificate that is to be trusted",
      },
    ],
  },
  {
    name: "GuideLLM",
    flags: [
      { flags: ["--target"], advice: "use --url" },
      { flags: ["--rate-type"], advice: "use --concurrency or --request-rate" },
      { flags: ["--rate"], advice: "use --request-rate or --concurrency" },
      {
        flags: ["--profile"],
        advice: "use --concurrency or --request-rate for the load, and --server-profiler to have " +
          "vLLM profile itself",
      },
      { flags: ["--max-seconds"], advice: "use --benchmark-duration" },
      { flags: ["--max-requests"], advice: "use --request-count" },
      {
        flags: ["--max-errors", "--max-error-rate", "--max-global-error-rate"],
        advice: "use --failed-request-threshold, which takes a share of the requests",
      },
      { flags: ["--data"], advice: "use --isl and --osl, --input-file or --public-dataset" },
      { flags: ["--processor"], advice: "use --tokenizer" },
      { flags: ["--request-type"], advice: "use --endpoint-type" },
      {
        flags: ["--backend-args", "--backend-kwargs"],
        advice: "use --api-key, -H and --extra-inputs",
      },
      { flags: ["--output-path", "--output-dir"], advice: "use --artifact-dir" },
      {
        flags: ["--warmup", "--warmup-percent"],
        advice: "use --warmup-request-count or --warmup-duration",
      },
      {
        flags: ["--cooldown", "--cooldown-percent"],
        advice: "leave it out: throughput counts to the last answer; see docs/load_patterns.md",
      },
      { flags: ["--rampup"], advice: "use --concurrency-ramp-duration" },
      { flags: ["--disable-progress"], advice: "use --ui none" },
    ],
  },
];
