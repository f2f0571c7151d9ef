import { endpointUrls, modelsUrl, type RunPlan } from "../../common/config/resolve.ts";
import type { InferenceProbe, ReadinessMode } from "../../common/model/readiness.ts";
import { discoverModel, findMissingModel, NoModelError, UnreachableError } from "./preflight.ts";

/** A look at the servers of a run. */
export interface LookOptions {
  readonly plan: RunPlan;
  readonly mode: ReadinessMode;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Sends one short request; resolves to why it is not answered, null when it is. */
  probeInference(probe: InferenceProbe): Promise<string | null>;
}

/**
 * What is missing for the servers to be ready, in words; null when nothing is.
 *
 * Every server is asked for every model. Rejects with a NoModelError when waiting cannot help.
 */
export async function lookAtServers(options: LookOptions): Promise<string | null> {
  const { plan, mode } = options;
  try {
    const models = plan.endpoint.modelChoice?.models ?? [plan.model ?? await onlyModel(plan)];
    if (mode !== "inference") {
      const missing = await firstReason(
        plan.baseUrls.map((baseUrl) => findMissingModel(modelsUrl(baseUrl), models, plan.secrets)),
      );
      if (missing !== null || mode === "models") return missing;
    }
    return await probeAll(models, options);
  } catch (error) {
    if (error instanceof UnreachableError) return error.message;
    if (error instanceof NoModelError && error.mayPass) return error.message;
    throw error;
  }
}

function onlyModel({ baseUrls, secrets }: RunPlan): Promise<string> {
  return discoverModel(baseUrls.map(modelsUrl), secrets);
}

/** One after the other at each server, which may load a model for each. */
function probeAll(
  models: readonly string[],
  { plan, timeoutMs, signal, probeInference }: LookOptions,
): Promise<string | null> {
  const probes = endpointUrls(plan).map(async (url) => {
    for (const model of models) {
      const endpoint = { ...plan.endpoint, urls: [url], model, modelChoice: null, timeoutMs };
      const reason = await probeInference({ endpoint, secrets: plan.secrets, signal });
      if (reason !== null) return models.length === 1 ? reason : `${reason} (model "${model}")`;
    }
    return null;
  });
  return firstReason(probes);
}

async function firstReason(looks: readonly Promise<string | null>[]): Promise<string | null> {
  return (await Promise.all(looks)).find((reason) => reason !== null) ?? null;
}
