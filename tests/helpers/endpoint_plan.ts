import type { EndpointPlan } from "../../common/model/run_config.ts";

/** Streamed chat requests for the model "mock" to one server on this host. */
export function endpointPlanOf(change: Partial<EndpointPlan> = {}): EndpointPlan {
  return {
    type: "chat",
    urls: ["http://localhost:8000/v1/chat/completions"],
    model: "mock",
    modelChoice: null,
    streaming: true,
    extraInputs: {},
    timeoutMs: 600_000,
    legacyMaxTokens: false,
    perChunkUsage: false,
    tokenCountSource: "auto",
    sessionHeader: "X-Correlation-ID",
    template: null,
    ...change,
  };
}
