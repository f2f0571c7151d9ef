import { endpointFacts, endpointPath } from "../model/endpoint_types.ts";
import type {
  DatasetPlan,
  EndpointPlan,
  JournalSync,
  PhasePlan,
  RunConfig,
  RunSecrets,
  Slo,
} from "../model/run_config.ts";
import type { DatasetFile } from "../model/dataset_file.ts";
import type { ModelChoice } from "../model/model_choice.ts";
import type { PublicDatasetRequest } from "../model/public_dataset.ts";
import type { ServerCallsPlan } from "../model/server_calls.ts";
import type { ReadinessPlan } from "../model/readiness.ts";
import type { TokenizerChoice, TokenizerPlan } from "../model/tokenizer_plan.ts";
import { defaultArtifactDir } from "./artifact_dir.ts";
import { joinUrl, withoutPath, withoutVersion } from "./endpoint_url.ts";
import { inputConfig } from "./input_config.ts";
import { mockServerOfRun, type MockServerOptions } from "./mock_server_options.ts";
import type { OptionValues } from "./option_table.ts";
import { resolveConnections } from "./resolve_connections.ts";
import { resolveFile } from "./resolve_file.ts";
import { concurrencyOf, resolvePhases } from "./resolve_load.ts";
import { resolveSynthetic } from "./resolve_synthetic.ts";
import { type Repetition, repetitionOf } from "./repetition.ts";
import { bodyInputs } from "./template_inputs.ts";
import type { Options } from "./validate.ts";
import { workerCount } from "./worker_count.ts";

/** Made-up conversations, where the user does not say how many. */
const DEFAULT_ENTRIES = 100;

/** What a run depends on beside its options. */
export interface Surroundings {
  /** The command line, secrets redacted. */
  readonly cliCommand: string;
  /** Absolute. */
  readonly workingDir: string;
  readonly cpus: number;
  /** Used when the user gives no seed; a whole number of at least 0. */
  readonly freshSeed: number;
  /** Whether progress can be shown in place. */
  readonly onTerminal: boolean;
}

/** A run as the options describe it; the model may have to be asked for. */
export interface RunPlan {
  /** The first of several; null: the one model that the servers list. */
  readonly model: string | null;
  /** At least one; of a mock server only a placeholder: its port is known when it listens. */
  readonly baseUrls: readonly string[];
  readonly endpoint: Omit<EndpointPlan, "urls" | "model">;
  /** Path of the requests below each base URL. */
  readonly endpointPath: string;
  readonly dataset: Omit<DatasetPlan, "tokenizer">;
  readonly tokenizer: TokenizerChoice;
  /** null: nobody waits for the server. */
  readonly readiness: ReadinessPlan | null;
  /** null: the conversations are made up or from a file. */
  readonly publicDataset: PublicDatasetChoice | null;
  readonly phases: readonly PhasePlan[];
  /** null: nothing is asked of the servers around the profiling phase. */
  readonly serverCalls: ServerCallsPlan | null;
  readonly workers: number;
  readonly keepsCpusAwake: boolean;
  readonly goodput: readonly Slo[];
  readonly exportRecords: boolean;
  readonly exportPrefix: string;
  readonly exportRaw: boolean;
  readonly journalSync: JournalSync;
  /** null: one run. */
  readonly repetition: Repetition | null;
  /** Absolute; null: named after model, load and time. */
  readonly artifactDir: string | null;
  readonly overwrite: boolean;
  /** Absolute; null: the usual place. */
  readonly runtimeDir: string | null;
  readonly ui: "simple" | "none";
  /** How often progress is told where it is not shown in place. */
  readonly plainIntervalMs: number;
  readonly logLevel: OptionValues["logLevel"];
  /** null: there is a server already. */
  readonly mockServer: MockServerOptions | null;
  readonly secrets: RunSecrets;
  readonly options: Options;
  readonly surroundings: Surroundings;
}

/** A public data set as the options describe it. */
export type PublicDatasetChoice = Omit<PublicDatasetRequest, "tokenizer" | "say">;

/** What is known only when the run begins. */
export interface RunFacts {
  readonly benchmarkId: string;
  readonly epochUnixMs: number;
  readonly model: string;
  readonly tokenizer: TokenizerPlan;
  /** What a public data set has become; null: there is none. */
  readonly publicFile: DatasetFile | null;
}

/** Turns checked options into the plan of a run. */
export function resolveRun(options: Options, surroundings: Surroundings): RunPlan {
  const { values } = options;
  const seed = values.randomSeed ?? surroundings.freshSeed;
  const phases = resolvePhases(options);
  const connections = resolveConnections(options);
  const mockServer = values.mockServer ? mockServerOfRun(values, seed) : null;
  const { workersMax } = values;
  const path = values.endpoint ?? endpointPath(values.endpointType, values.streaming);
  const baseUrls = mockServer
    ? [`http://${mockServer.host}`]
    : values.url.map((url) => withoutPath(url, path));
  return {
    model: mockServer?.model ?? values.model?.[0] ?? null,
    baseUrls,
    endpoint: resolveEndpoint(options, seed),
    endpointPath: path,
    dataset: resolveDataset(values, seed, surroundings.workingDir),
    tokenizer: {
      name: values.tokenizer,
      revision: values.tokenizerRevision,
      appliesChatTemplate: values.applyChatTemplate,
    },
    readiness: resolveReadiness(values),
    publicDataset: resolvePublic(values),
    phases,
    serverCalls: resolveServerCalls(values, baseUrls),
    workers: workerCount({
      cpus: surroundings.cpus,
      concurrency: mostSessions(phases),
      workersMax,
    }),
    keepsCpusAwake: values.keepCpusAwake,
    goodput: values.goodput ?? [],
    exportRecords: values.exportLevel !== "summary",
    exportPrefix: values.profileExportPrefix,
    exportRaw: values.exportLevel === "raw",
    journalSync: values.journalSync,
    repetition: repetitionOf(values),
    artifactDir: absolute(values.artifactDir, surroundings.workingDir),
    overwrite: values.overwrite,
    runtimeDir: absolute(values.runtimeDir, surroundings.workingDir),
    plainIntervalMs: values.statsInterval * 1000,
    ui: values.ui ?? (surroundings.onTerminal ? "simple" : "none"),
    logLevel: values.logLevel,
    mockServer,
    secrets: {
      apiKey: values.apiKey,
      headers: values.header ?? {},
      ...connections !== null && { connections },
    },
    options,
    surroundings,
  };
}

/** Where the requests of a run go. */
export function endpointUrls({ baseUrls, endpointPath }: RunPlan): string[] {
  return baseUrls.map((baseUrl) => joinUrl(baseUrl, endpointPath));
}

/** The address of the list of models of a server. */
export function modelsUrl(baseUrl: string): string {
  return joinUrl(baseUrl, "/v1/models");
}

/** Completes a plan into what every service of its only run gets, all but the run directory. */
export function runConfig(plan: RunPlan, facts: RunFacts): Omit<RunConfig, "runDir"> {
  const label = {
    model: plan.endpoint.modelChoice === null ? facts.model : `${facts.model}_multi`,
    endpointType: plan.endpoint.type,
    load: plan.phases.at(-1)!.load,
    startUnixMs: facts.epochUnixMs,
  };
  const { workingDir, cliCommand } = plan.surroundings;
  return {
    benchmarkId: facts.benchmarkId,
    trial: null,
    epochUnixMs: facts.epochUnixMs,
    artifactDir: plan.artifactDir ?? `${workingDir}/${defaultArtifactDir(label)}`,
    exportRecords: plan.exportRecords,
    exportPrefix: plan.exportPrefix,
    exportRaw: plan.exportRaw,
    journalSync: plan.journalSync,
    endpoint: {
      ...plan.endpoint,
      model: facts.model,
      urls: endpointUrls(plan),
    },
    dataset: {
      ...plan.dataset,
      file: facts.publicFile ?? plan.dataset.file,
      tokenizer: facts.tokenizer,
    },
    phases: [...plan.phases],
    serverCalls: plan.serverCalls,
    workers: plan.workers,
    goodput: [...plan.goodput],
    inputConfig: exportedConfig(plan, facts.model),
    cliCommand,
    logLevel: plan.logLevel,
  };
}

/**
 * What the user set, and the model and, in a closed loop, the concurrency in any case, because those
 * who compare exports look for both.
 */
function exportedConfig(plan: RunPlan, model: string): Record<string, unknown> {
  const { values, origins } = plan.options;
  const { load } = plan.phases.at(-1)!;
  const concurrency = load.kind === "user_centric" ? null : concurrencyOf(load);
  const keys = new Set(origins.keys()).add("model").add("concurrency");
  return inputConfig({ ...values, model: values.model ?? [model], concurrency }, keys);
}

/** The most sessions that any phase has at the same time; null: no limit. */
function mostSessions(phases: readonly PhasePlan[]): number | null {
  const limits = phases.map(({ load }) => concurrencyOf(load));
  return limits.includes(null) ? null : Math.max(...limits as number[]);
}

function resolveEndpoint(
  { values, template }: Options,
  seed: number,
): Omit<EndpointPlan, "urls" | "model"> {
  return {
    type: values.endpointType,
    // The environment may ask for it in every run; where there is none, there is nothing to ask for.
    streaming: values.streaming && endpointFacts(values.endpointType).canStream,
    modelChoice: resolveModels(values, seed),
    extraInputs: bodyInputs(values),
    timeoutMs: values.requestTimeoutSeconds * 1000,
    legacyMaxTokens: values.useLegacyMaxTokens,
    perChunkUsage: values.perChunkUsage,
    tokenCountSource: values.tokenCountSource,
    sessionHeader: values.sessionHeader,
    template,
  };
}

function resolveModels(values: OptionValues, seed: number): ModelChoice | null {
  const { model: models, modelSelectionStrategy: strategy, modelWeights } = values;
  if (models === null || models.length === 1) return null;
  const weights = strategy === "weighted" ? [...modelWeights!] : null;
  return { models: [...models], strategy, weights, seed };
}

function resolveDataset(
  values: OptionValues,
  seed: number,
  workingDir: string,
): RunPlan["dataset"] {
  const path = absolute(values.inputFile, workingDir);
  return {
    file: path === null ? null : resolveFile(values, path),
    entries: values.numDatasetEntries ?? DEFAULT_ENTRIES,
    isl: { mean: values.isl, stddev: values.islStddev },
    osl: values.osl === null ? null : { mean: values.osl, stddev: values.oslStddev },
    turns: { mean: values.conversationTurnMean, stddev: values.conversationTurnStddev },
    turnDelayMs: {
      mean: values.conversationTurnDelayMean,
      stddev: values.conversationTurnDelayStddev,
    },
    delayRatio: values.conversationTurnDelayRatio,
    longestDelayMs: values.interTurnDelayCapSeconds === null
      ? null
      : values.interTurnDelayCapSeconds * 1000,
    synthetic: resolveSynthetic(values),
    cacheBust: values.cacheBust,
    sampling: values.datasetSamplingStrategy,
    wraps: values.allowDatasetWrap,
    history: values.history,
    seed,
  };
}

function resolveReadiness(values: OptionValues): ReadinessPlan | null {
  const { waitForModelTimeout: timeout, waitForModelMode: mode } = values;
  if (timeout === 0 || values.mockServer) return null;
  return { mode, timeoutMs: timeout * 1000, intervalMs: values.waitForModelInterval * 1000 };
}

function resolveServerCalls(
  values: OptionValues,
  baseUrls: readonly string[],
): ServerCallsPlan | null {
  const { resetKvCache, serverProfiler } = values;
  if (!resetKvCache && !serverProfiler) return null;
  return {
    urls: baseUrls.map(withoutVersion),
    resetCache: resetKvCache
      ? { path: values.resetKvCachePath, timeoutMs: values.resetKvCacheTimeoutSeconds * 1000 }
      : null,
    profiler: serverProfiler
      ? {
        startPath: values.serverProfilerStartPath,
        stopPath: values.serverProfilerStopPath,
        timeoutMs: values.serverProfilerTimeoutSeconds * 1000,
      }
      : null,
  };
}

function resolvePublic(values: OptionValues): PublicDatasetChoice | null {
  if (values.publicDataset === null) return null;
  return {
    name: values.publicDataset,
    subset: values.hfSubset,
    maxEntries: values.numDatasetEntries,
    asksForRecordedLength: values.osl === null,
  };
}

function absolute(path: string | null, workingDir: string): string | null {
  if (path === null || path.startsWith("/")) return path;
  return `${workingDir}/${path.replace(/^(\.\/+)+/, "")}`;
}
