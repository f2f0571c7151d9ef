import type { RunConfig } from "../../common/model/run_config.ts";
import { datasetPlanOf } from "./dataset_plan.ts";
import { endpointPlanOf } from "./endpoint_plan.ts";
import { phasePlanOf } from "./phase_plan.ts";

/** A streamed chat benchmark of a server on this host, one request at a time. */
export function runConfigOf(change: Partial<RunConfig> = {}): RunConfig {
  return {
    benchmarkId: "5f0c3f4e-0000-4000-8000-000000000001",
    trial: null,
    epochUnixMs: 1_759_813_207_532,
    runDir: "/tmp/aiperf-run",
    artifactDir: "artifacts/mock-openai-chat-concurrency1",
    exportRecords: true,
    exportPrefix: "profile_export",
    exportRaw: false,
    journalSync: "interval",
    endpoint: endpointPlanOf(),
    dataset: datasetPlanOf({
      entries: 100,
      isl: { mean: 20, stddev: 0 },
      osl: { mean: 5, stddev: 0 },
      seed: 0,
    }),
    phases: [phasePlanOf({ maxRequests: 10 })],
    serverCalls: null,
    workers: 1,
    goodput: [],
    inputConfig: { endpoint: { model_names: ["mock"], streaming: true } },
    cliCommand: "aiperf profile --model mock --streaming",
    logLevel: "INFO",
    ...change,
  };
}
