import type { HealthSummary, ProcessHealth } from "../../common/model/instrument.ts";
import { CUT_OFF_AT_END, type RequestRecord } from "../../common/model/record.ts";
import type { RunReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { MetricsAccumulator } from "../../services/post_processor_manager/metrics_accumulator.ts";
import type { RequestMetrics } from "../../services/post_processor_manager/phase_metrics.ts";
import { openLoad } from "./phase_plan.ts";
import { failedRecordOf, recordOf } from "./records.ts";
import { runConfigOf } from "./run_config.ts";

const MS = 1e6;

/** A run with a bit of everything, and what the metrics make of it. */
export interface SampleRun {
  readonly config: RunConfig;
  readonly report: RunReport;
  readonly lines: readonly { record: RequestRecord; metrics: RequestMetrics }[];
}

/**
 * Ten requests, a second apart: seven streamed answers, each slower than the one before (one of
 * them after reasoning, one in a single network read, one that stops early), two refusals and a
 * cancellation.
 */
export function sampleRun(change: Partial<RunConfig> = {}): SampleRun {
  const config = runConfigOf({
    goodput: [{ tag: "time_to_first_token", threshold: 130 }],
    phases: runConfigOf().phases.map((phase) => ({ ...phase, load: EVERY_SECOND })),
    ...change,
  });
  const accumulator = new MetricsAccumulator(config, () => ({ count: (text) => text.length }));
  const lines = sampleRecords().map((record) => ({ record, metrics: accumulator.add(record)! }));
  return { config, lines, report: accumulator.report({ wasCancelled: false, health: HEALTH }) };
}

const EVERY_SECOND = openLoad(1);

const HEALTH: HealthSummary = {
  processes: [
    { serviceId: "timing_manager", serviceType: "timing_manager", cpuShare: 0.05, lag: null },
    {
      serviceId: "worker_0",
      serviceType: "worker",
      cpuShare: 0.125,
      lag: { samples: 400, p50Ms: 0.25, p99Ms: 1.5, maxMs: 4 },
    } as const,
  ].map((process) => ({ ...process, watchedMs: 8_000, maxRssBytes: 64e6 }) as ProcessHealth),
  restarts: [],
  machine: {
    cpus: 8,
    cpuShare: 0.25,
    stealShare: 0,
    connectionsOpened: 1,
    segmentsResent: 0,
  },
};

function sampleRecords(): RequestRecord[] {
  const answers = Array.from({ length: 7 }, (_, i) => ({
    ...times(i),
    chunksAfterNs: [100, 110, 120, 130, 140].map((ms) => (ms + 10 * i) * MS + i),
    endAfterNs: (141 + 10 * i) * MS,
  }));
  return [
    ...answers.map((answer) => recordOf(answer)),
    failedRecordOf(times(7)),
    failedRecordOf({ ...times(8), inputTokens: 21 }),
    recordOf({
      ...times(9),
      outcome: "cancelled",
      chunksAfterNs: [100 * MS],
      endAfterNs: 105 * MS,
      usage: null,
      error: CUT_OFF_AT_END,
    }),
  ].map((record, i) => {
    if (i === 4) return { ...record, firstOutputChunk: 3, usage: usageOf(5, 3) };
    if (i === 5) return { ...record, chunksAfterNs: Array<number>(5).fill(150 * MS) };
    if (i === 6) {
      return { ...record, chunksAfterNs: [160 * MS + 6, 170 * MS], usage: usageOf(2, null) };
    }
    return record;
  });
}

function times(index: number) {
  const dueNs = (index + 1) * 1000 * MS;
  return {
    index,
    creditId: index,
    conversationIndex: index,
    conversationId: `conversation_${index}`,
    requestId: `request_${index}`,
    correlationId: `correlation_${index}`,
    dueNs,
    issuedNs: dueNs + 1000,
    receivedNs: dueNs + 200_000,
    sentNs: dueNs + 300_000 + index,
  };
}

function usageOf(completionTokens: number, reasoningTokens: number | null) {
  return {
    promptTokens: 24,
    completionTokens,
    totalTokens: 24 + completionTokens,
    reasoningTokens,
    cachedPromptTokens: 12,
  };
}
