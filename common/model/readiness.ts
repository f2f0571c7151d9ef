import type { EndpointPlan, RunSecrets } from "./run_config.ts";

/** By what a server is taken for ready: by an answer, by its list of models, or by both. */
export const READINESS_MODES = ["inference", "models", "both"] as const;

/** By what a server is taken for ready. */
export type ReadinessMode = typeof READINESS_MODES[number];

/** How to wait for the servers to be ready. */
export interface ReadinessPlan {
  readonly mode: ReadinessMode;
  readonly timeoutMs: number;
  /** Between two looks. */
  readonly intervalMs: number;
}

/** One short request that shows whether a server answers. */
export interface InferenceProbe {
  /** With one URL and one model; `timeoutMs` is that of the probe. */
  readonly endpoint: EndpointPlan;
  readonly secrets: RunSecrets;
  /** Cuts it off. */
  readonly signal: AbortSignal;
}
