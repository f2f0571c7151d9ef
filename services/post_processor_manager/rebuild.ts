import { JournalError } from "../../common/journal/journal_line.ts";
import { JournalReader } from "../../common/journal/journal_reader.ts";
import { ARTIFACT_FILES, exportFiles } from "../../common/model/artifact_files.ts";
import { isNote, type JournalNote, type RunClosing } from "../../common/model/journal.ts";
import { missingText } from "../../common/model/missing_text.ts";
import { whyNothingSucceeded } from "../../common/model/nothing_succeeded.ts";
import type { RunReport } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import type { RunEnding } from "../../common/model/run_ending.ts";
import { whyIncomplete } from "../../common/model/run_problems.ts";
import type { StopReason } from "../../common/model/run_event.ts";
import { describeFileError, isNotFound } from "../../common/runtime/file_error.ts";
import { isBeingWritten } from "../../common/runtime/file_lock.ts";
import type { ReportOptions } from "./metrics_accumulator.ts";
import { type PhaseBounds, type ResultsPlace, RunResults } from "./run_results.ts";

/** The lines that cannot be used are named up to here. */
const MOST_BAD_LINES = 20;

/** What the journal of a run could be turned into. */
export interface RebuiltRun {
  /** The text of the console report; null when the journal cannot be used at all. */
  readonly console: string | null;
  /** Why the report is not complete, or there is none, one sentence each; none when all is well. */
  readonly problems: readonly string[];
  /** What keeps the run from counting among those of its series, in one line; null: nothing does. */
  readonly whyIncomplete: string | null;
  /** What it was made of and what came of it; null when the journal cannot be used at all. */
  readonly made: { readonly config: RunConfig; readonly report: RunReport } | null;
}

/**
 * Makes every export of a run anew from its journal alone, in the run's own folder.
 *
 * Of a run that came to its end the files are the same, byte for byte. Of any other the report says
 * that it is not complete. The journal is read a piece at a time, and never written.
 */
export async function rebuild(folder: string): Promise<RebuiltRun> {
  const path = `${folder}/${ARTIFACT_FILES.records}`;
  const problems = new LineProblems(path);
  try {
    if (isBeingWritten(path)) return refusal(`${path} is in use: the run still goes on`);
    const counts = await readTokenCounts(path);
    using reader = await JournalReader.open(path, (line, problem) => problems.add(line, problem));
    const { tellsSlotWaits } = reader.header;
    return await new Rebuilding(path, { badLines: problems, counts, tellsSlotWaits }).run(reader);
  } catch (error) {
    if (error instanceof JournalError) return refusal(`Cannot use ${path}: ${error.message}`);
    if (isNotFound(error)) return refusal(`There is no run in "${folder}": no ${path}`);
    return refusal(`Cannot read ${path}: ${describeFileError(error)}`);
  }
}

/** What was counted of the conversations of a file, by index; it comes after their records. */
async function readTokenCounts(path: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const counts = new Map<number, readonly number[]>();
  using reader = await JournalReader.open(path);
  const { file, tokenizer } = reader.header.config.dataset;
  const hasTemplate = tokenizer.kind === "huggingface" && tokenizer.chatTemplate !== null;
  if (file === null && !hasTemplate) return counts;
  for (let some = await reader.next(); some !== null; some = await reader.next()) {
    for (const entry of some) {
      if (!isNote(entry) || entry.type !== "token_counts") continue;
      counts.set(entry.conversationIndex, entry.inputTokens);
    }
  }
  return counts;
}

function refusal(problem: string): RebuiltRun {
  return { console: null, problems: [problem], whyIncomplete: problem, made: null };
}

/** The lines of a journal that cannot be used. */
class LineProblems {
  readonly #path: string;
  readonly #texts: string[] = [];
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get count(): number {
    return this.#count;
  }

  add(line: number, problem: string): void {
    if (++this.#count > MOST_BAD_LINES) return;
    this.#texts.push(`${this.#path}, line ${line}: ${problem}; left out`);
  }

  texts(): string[] {
    const more = this.#count - this.#texts.length;
    return more > 0 ? [...this.#texts, `${more} further lines are left out`] : this.#texts;
  }
}

/** One journal on its way to becoming a report. */
class Rebuilding {
  readonly #folder: string;
  readonly #badLines: LineProblems;
  readonly #counts: ReadonlyMap<number, readonly number[]>;
  readonly #unwritten: string[] = [];
  readonly #tellsSlotWaits: boolean;
  #bounds: PhaseBounds | null = null;
  #issued = 0;
  #isUncounted = false;
  #noTokenizer: string | null = null;
  #reason: StopReason | null = null;
  #closing: RunClosing | null = null;

  constructor(
    path: string,
    { badLines, counts, tellsSlotWaits }: {
      badLines: LineProblems;
      counts: ReadonlyMap<number, readonly number[]>;
      tellsSlotWaits: boolean;
    },
  ) {
    this.#tellsSlotWaits = tellsSlotWaits;
    this.#counts = counts;
    this.#folder = path.slice(0, path.lastIndexOf("/"));
    this.#badLines = badLines;
  }

  async run(reader: JournalReader): Promise<RebuiltRun> {
    const { config } = reader.header;
    const results = await this.#openResults(config);
    try {
      await this.#read(reader, results);
      const gaps = this.#gaps(reader.tornBytes);
      const { console, problems, report } = await results.write(this.#options(gaps));
      const gone = [...gaps, ...this.#badLines.texts()];
      const left = [...this.#unwritten, ...problems];
      const known = { ending: this.#ending(), records: this.#closing, report };
      const why = whyIncomplete({ ...known, unwritten: [] });
      const whys = [...gone, ...why === null ? [] : [why], ...left];
      return {
        console,
        problems: [...gone, ...this.#flaws(report), ...left],
        whyIncomplete: whys.length === 0 ? null : whys.join("; "),
        made: { config, report },
      };
    } finally {
      await results.close();
    }
  }

  /** In a folder that cannot be written the report can still be shown. */
  async #openResults(config: RunConfig): Promise<RunResults> {
    const place: ResultsPlace = {
      folder: this.#folder,
      fetch: () => Promise.reject(new Error("The data set is not there any more")),
      known: (index) => this.#counts.get(index),
      warn: () => this.#isUncounted = true,
      warnOutput: (error) => this.#noTokenizer = (error as Error).message,
    };
    try {
      return await RunResults.open(config, place);
    } catch (error) {
      const path = `${this.#folder}/${exportFiles(config.exportPrefix).requestMetrics}`;
      this.#unwritten.push(`Cannot write ${path}: ${describeFileError(error)}`);
      return new RunResults(config, place);
    }
  }

  async #read(reader: JournalReader, results: RunResults): Promise<void> {
    for (let some = await reader.next(); some !== null; some = await reader.next()) {
      for (const entry of some) {
        const room = isNote(entry) ? this.#note(entry) : results.take(entry);
        if (room) await room;
      }
    }
  }

  #note(note: JournalNote): void {
    if (note.type === "run_closing") this.#closing = note;
    if (note.type !== "phase_complete" || note.phase !== "profiling") return;
    const { startNs, endNs, issued, unsent, overdue, reason } = note;
    this.#bounds = { startNs, endNs, unsent, overdue, reason };
    this.#issued = issued;
    this.#reason = reason;
  }

  #options(gaps: readonly string[]): ReportOptions {
    const closing = this.#closing;
    return {
      ...(this.#bounds ?? {}),
      ...(closing
        ? { account: closing.accounts.profiling, warmupAccount: closing.accounts.warmup }
        : { issued: this.#issued }),
      wasCancelled: closing?.wasCancelled ?? true,
      ending: this.#ending(),
      health: closing?.health ?? null,
      tellsSlotWaits: this.#tellsSlotWaits,
      gaps,
    };
  }

  /** A journal of before did not say it in so many words. */
  #ending(): RunEnding {
    if (this.#closing === null) return { reason: "unknown", cause: null };
    const { ending, failure, wasCancelled } = this.#closing;
    if (ending !== undefined) return ending;
    if (failure !== null) return { reason: "failure", cause: failure };
    if (this.#reason === "failed_threshold") {
      return { reason: "failed_request_threshold", cause: null };
    }
    return { reason: wasCancelled ? "interrupted" : "complete", cause: null };
  }

  /** What the journal does not hold: the report says so too. */
  #gaps(tornBytes: number): string[] {
    const { count } = this.#badLines;
    return [
      this.#closing === null &&
      "The journal ends before the run did: the tool was killed, or its disk was full. The " +
        "results cover the requests that are in it.",
      tornBytes > 0 &&
      `The journal ends in the middle of a line, of which ${tornBytes} bytes are left out.`,
      count > 0 &&
      `${
        count === 1 ? "1 line" : `${count} lines`
      } of the journal cannot be used and got left out.`,
      this.#noTokenizer !== null &&
      `Answers that the server gave no usage for are not counted: ${this.#noTokenizer}`,
      this.#isUncounted &&
      "The journal does not hold the input tokens of all prompts, which came from a file.",
    ].filter((gap) => gap !== false);
  }

  /** Why a run that came to its end is not complete: its own report says so already. */
  #flaws(report: RunReport): string[] {
    const { missing = 0, missingIds = [] } = this.#closing ?? {};
    const { runEnd: { reason, detail }, account } = report;
    return [
      detail !== null && detail,
      missing > 0 && missingText({ missing, missingIds }),
      reason === "complete" && account.succeeded === 0 && whyNothingSucceeded(report),
    ].filter((flaw) => flaw !== false);
  }
}
