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
  // Every character that a file name cannot hold, the slashes of a model's organisation, and what
  // would act upon a terminal: the name may come from the server.
  const model = label.model.replace(/[\/\\:*?"<>|\s\p{C}]/gu, "_");
  const time = new Date(label.startUnixMs).toISOString().replaceAll(":", "-");
  return `artifacts/${model}-openai-${label.endpointType}-${describeLoad(label.load)}/${time}`;
}

/** The load in a file name, such as `concurrency10` or `request_rate10.0-concurrency5`. */
function describeLoad(load: LoadPlan): string {
  switch (load.kind) {
    case "closed":
      return `concurrency${load.concurrency}`;
    case "user_centric":
      return `user_centric-users${load.users}-qps${rateText(load.ratePerSecond)}`;
    case "fixed_schedule":
      return `fixed_schedule${capText(load.concurrencyCap)}`;
    case "open": {
      const rate = load.rateSeries ? "_series" : rateText(load.ratePerSecond);
      return `request_rate${rate}${capText(load.concurrencyCap)}`;
    }
  }
}

function rateText(rate: number): string {
  return Number.isInteger(rate) ? rate.toFixed(1) : String(rate);
}

function capText(cap: number | null): string {
  return cap === null ? "" : `-concurrency${cap}`;
}
