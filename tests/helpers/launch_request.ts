import type { LaunchRequest } from "../../services/system_controller/launch.ts";
import { runConfigOf } from "./run_config.ts";

/** A run against the mock server with a warm-up, in the folder `out`. */
export function launchRequestOf({ seed }: { seed: number }): LaunchRequest {
  const config = runConfigOf({ artifactDir: "out" });
  const [profiling] = config.phases;
  return {
    config: {
      ...config,
      phases: [{ ...profiling!, phase: "warmup" }, profiling!],
      dataset: { ...config.dataset, seed },
    },
    secrets: { apiKey: null, headers: {} },
    mockServer: { ttftMs: 5, seed },
    runtimeDir: null,
    ui: "none",
    plainIntervalMs: 10_000,
    notes: [],
    showFrom: "CRITICAL",
  };
}
