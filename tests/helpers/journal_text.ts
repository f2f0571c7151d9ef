import {
  JOURNAL_VERSION,
  type JournalEntry,
  type JournalHeader,
  type RunClosing,
} from "../../common/model/journal.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { AIPERF_VERSION } from "../../common/version.ts";

/** The first line of a journal, without its end. */
export function headerLine(config: RunConfig): string {
  const header: JournalHeader = {
    journal: JOURNAL_VERSION,
    aiperfVersion: AIPERF_VERSION,
    tellsSlotWaits: true,
    config,
  };
  return JSON.stringify(header);
}

/** A whole journal. */
export function journalText(config: RunConfig, entries: readonly JournalEntry[]): string {
  return [headerLine(config), ...entries.map((entry) => JSON.stringify(entry))]
    .map((line) => `${line}\n`).join("");
}

/** The end of a run in which all went well. */
export function closingOf(succeeded: number, change: Partial<RunClosing> = {}): RunClosing {
  const account = { issued: succeeded, succeeded, failed: 0, cancelled: 0, lost: 0 };
  return {
    type: "run_closing",
    wasCancelled: false,
    failure: null,
    accounts: { warmup: { ...account, issued: 0, succeeded: 0 }, profiling: account },
    missing: 0,
    missingIds: [],
    health: { processes: [], machine: null, restarts: [] },
    ...change,
  };
}

/** Gives a test a folder of its own, and removes it. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "aiperf-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
