/** Commands of another tool that are none here. */
export interface OtherCommands {
  readonly names: readonly string[];
  /** What to do, as a sentence goes on after "unknown command;", without a full stop. */
  readonly advice: string;
}

/** Commands of the reference tool. */
export const REFERENCE_COMMANDS: readonly OtherCommands[] = [
  {
    names: ["plot"],
    advice: "no plots are drawn; profile_export_aiperf.csv and profile_export.jsonl are for that",
  },
  { names: ["analyze", "synthesize", "validate"], advice: "see aiperf analyze-trace for traces" },
  { names: ["chat"], advice: "use aiperf profile --request-count 1 --export-level raw" },
  { names: ["speed-bench-report"], advice: "there is no report on speculative decoding" },
  {
    names: ["plugins"],
    advice: "there are none; aiperf profile --help names endpoint types and formats",
  },
  { names: ["service"], advice: "aiperf profile starts its services itself" },
  { names: ["kube"], advice: "there is no Kubernetes yet; run aiperf profile in a container" },
  { names: ["config expand"], advice: "use aiperf config show" },
];

/** How other load generators begin a benchmark. */
export const PEER_COMMANDS: readonly OtherCommands[] = [
  {
    names: ["bench", "benchmark", "run", "serve"],
    advice: "use aiperf profile; docs/other_tools.md has the options",
  },
];
