import type { Repetition } from "../../../common/config/repetition.ts";
import { runFolder, runLabel } from "../../../common/model/run_series.ts";
import type { LaunchRequest } from "../launch.ts";

/** What is known of a run of a series only when it begins. */
export interface TrialFacts {
  /** 1 for the first. */
  readonly number: number;
  readonly benchmarkId: string;
  readonly epochUnixMs: number;
}

/**
 * The request of one run of a series, made from that of the series: a folder of its own, warmed up
 * or not, and with a seed of its own where runs are to differ.
 *
 * The noise of a mock server is never the same twice, as that of a real one: else the runs would
 * agree more than they should.
 */
export function trialRequest(
  series: LaunchRequest,
  { runs, confidenceLevel, warmUpOnce, sameSeed }: Repetition,
  { number, benchmarkId, epochUnixMs }: TrialFacts,
): LaunchRequest {
  const { config, mockServer } = series;
  const { endpoint, endpoint: { modelChoice } } = config;
  const label = runLabel(number);
  const isWarm = warmUpOnce && number > 1;
  const seed = config.dataset.seed + (sameSeed ? 0 : number - 1);
  return {
    ...series,
    config: {
      ...config,
      benchmarkId,
      epochUnixMs,
      trial: { number, of: runs, label, confidenceLevel },
      artifactDir: `${config.artifactDir}/${runFolder(label)}`,
      phases: config.phases.filter(({ phase }) => phase !== "warmup" || !isWarm),
      dataset: { ...config.dataset, seed },
      endpoint: { ...endpoint, modelChoice: modelChoice && { ...modelChoice, seed } },
    },
    mockServer: mockServer && { ...mockServer, seed: config.dataset.seed + number - 1 },
  };
}
