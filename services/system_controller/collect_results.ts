import type { Command } from "../../common/comms/messages.ts";
import { ARTIFACT_FILES, exportFiles } from "../../common/model/artifact_files.ts";
import type { HealthSummary } from "../../common/model/instrument.ts";
import type { RunClosing } from "../../common/model/journal.ts";
import {
  type RecordsSummary,
  recordsSummarySchema,
  type WrittenResults,
  writtenResultsSchema,
} from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { describeError, type Logger } from "../../common/runtime/log.ts";
import type { Peer } from "../../common/service/peer.ts";
import { collectRaw } from "./collect_raw.ts";
import { MOST_ROUNDS, RESULTS_TIMEOUT_MS } from "./limits.ts";
import { endingOf, type RunsEnd } from "./outcome.ts";
import type { ServiceCast } from "./service_cast.ts";

/** What the results of a run are collected from, and how. */
export interface CollectOptions {
  readonly cast: Pick<ServiceCast, "ask" | "restarts">;
  readonly log: Logger;
  /** The workers that are connected. */
  readonly workers: () => readonly Peer[];
  /** How the instrument was; what had to be started again is in it. */
  readonly health: () => Promise<HealthSummary>;
  /** What the records manager is asked first. */
  readonly finish: Command;
  readonly config: Pick<RunConfig, "artifactDir" | "exportRaw" | "exportPrefix">;
  /** How long what the workers write may take. */
  readonly inputsTimeoutMs: number;
  readonly wasCancelled: boolean;
  /** How the run ended, as far as it is known when its records are. */
  readonly outcome: () => RunsEnd;
  /** Told what became of the credits as soon as that is known. */
  readonly onRecords: (records: RecordsSummary) => void;
}

/** Has the results of a run written; rejects when they cannot be. */
export async function collectResults(options: CollectOptions): Promise<WrittenResults> {
  const { cast } = options;
  const fromWorkers = Promise.all([writeInputs(options), writeRaw(options)]);
  for (let round = 1;; round++) {
    const before = cast.restarts.count;
    const written = await writeResults(options);
    // Results that do not say that something was started again meanwhile are made once more.
    if (cast.restarts.count > before && round < MOST_ROUNDS) continue;
    return { ...written, problems: [...written.problems, ...(await fromWorkers).flat()] };
  }
}

async function writeResults(options: CollectOptions): Promise<WrittenResults> {
  const { cast, finish, wasCancelled, onRecords } = options;
  const watched = options.health();
  const records = recordsSummarySchema.parse(
    await cast.ask("records_manager", finish, RESULTS_TIMEOUT_MS),
  );
  onRecords(records);
  const outcome = options.outcome();
  const ending = endingOf(outcome);
  const health = await watched;
  const { accounts, missing, missingIds } = records;
  const write: Command = {
    kind: "write_results",
    wasCancelled,
    ending,
    account: accounts.profiling,
    warmupAccount: accounts.warmup,
    health,
  };
  const [written] = await Promise.all([
    cast.ask("post_processor_manager", write, RESULTS_TIMEOUT_MS),
    closeJournal(options, {
      type: "run_closing",
      wasCancelled,
      ending,
      failure: outcome.failure,
      accounts,
      missing,
      missingIds,
      health,
    }),
  ]);
  return writtenResultsSchema.parse(written);
}

/** From then on the journal alone can tell the whole story. */
async function closeJournal({ cast, log }: CollectOptions, closing: RunClosing): Promise<void> {
  try {
    await cast.ask("records_manager", { kind: "close_journal", closing });
  } catch (error) {
    log.warning(`Cannot close the journal: ${describeError(error)}`);
  }
}

async function writeRaw(options: CollectOptions): Promise<string[]> {
  const { config, workers, inputsTimeoutMs: timeoutMs, log } = options;
  if (!config.exportRaw) return [];
  const file = exportFiles(config.exportPrefix).raw;
  return await collectRaw({ folder: config.artifactDir, file, workers: workers(), timeoutMs, log });
}

/**
 * The request bodies come from a worker: it alone knows the shape of the API.
 *
 * Empty when they are there, else why they are not, in a sentence.
 */
async function writeInputs(options: CollectOptions): Promise<string[]> {
  const { workers, log, config, inputsTimeoutMs } = options;
  const inputsPath = `${config.artifactDir}/${ARTIFACT_FILES.inputs}`;
  let why = "no worker is left that could";
  for (const worker of workers()) {
    try {
      await worker.request({ kind: "write_inputs" }, inputsTimeoutMs);
      return [];
    } catch (error) {
      why = describeError(error);
      log.warning(`Cannot write ${inputsPath}: ${why}`);
      // Another one can only do better where this one has died.
      if (!worker.isGone) break;
    }
  }
  return [`Cannot write ${inputsPath}: ${why}`];
}
