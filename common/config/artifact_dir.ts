import type { LoadPlan } from "../model/run_config.ts";

/** What the name of a run's folder is made of. */
export interface RunLabel {
  readonly model: string;
  readonly endpointType: string;
  readonly load: LoadPlan;
  readonly startUnixMs: number;
}

/** The folder of a run's results when the user names none, relative to the working directory. */
export function defaultArtifactDir(label: RunLabel): string {
  // Every character that a file name cannot hold, and the slashes of a model's organisation.
  const model = label.model.replace(/[\/\\:*?"<>|\s]/g, "_");
  const time = new Date(label.startUnixMs).toISOString().replaceAll(":", "-");
  return `artifacts/${model}-openai-${label.endpointType}-${describeLoad(label.load)}/${time}`;
}

/** The load in a file name: `concurrency10`, `request_rate10.0` or `request_rate10.0-concurrency5`. */
export function describeLoad(load: LoadPlan): string {
  if (load.kind === "closed") return `concurrency${load.concurrency}`;
  const { ratePerSecond: rate, concurrencyCap } = load;
  const cap = concurrencyCap === null ? "" : `-concurrency${concurrencyCap}`;
  return `request_rate${Number.isInteger(rate) ? rate.toFixed(1) : rate}${cap}`;
}
