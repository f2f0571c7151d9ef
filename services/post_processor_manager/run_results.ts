import { exportFiles } from "../../common/model/artifact_files.ts";
import { endpointFacts } from "../../common/model/endpoint_types.ts";
import type { Conversation } from "../../common/model/conversation.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { WrittenResults } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import type { StopReason } from "../../common/model/run_event.ts";
import { describeFileError } from "../../common/runtime/file_error.ts";
import { LineFile } from "../../common/runtime/line_file.ts";
import type { RenderChat } from "../../common/tokenizer/chat_template.ts";
import type { Tokenizer } from "../../common/tokenizer/tokenizer.ts";
import { requestLine } from "./exporters/request_jsonl.ts";
import { InputTokens } from "./input_tokens.ts";
import { needsTokenizer } from "./metrics/token_counts.ts";
import { MetricsAccumulator, type ReportOptions } from "./metrics_accumulator.ts";

/** The bounds of a phase, in nanoseconds since the run's epoch. */
export interface PhaseBounds {
  readonly startNs: number;
  readonly endNs: number;
  /** Requests that were due in it and found no free slot until its end. */
  readonly unsent?: number | undefined;
  /** Requests that were due in it and that no worker got to. */
  readonly overdue?: number | undefined;
  /** Why it stopped sending. */
  readonly reason?: StopReason | undefined;
}

/** Where results come from beside the records, and where they go. */
export interface ResultsPlace {
  /** Where the files go. */
  readonly folder: string;
  /** Gives a conversation whose tokens are to be counted; rejects when there is none to be had. */
  fetch(index: number): Promise<Conversation>;
  /** The tokens that were counted of a conversation before. */
  known?(index: number): readonly number[] | undefined;
  /** Keeps the tokens that were counted of a conversation, for who has nothing but the journal. */
  keep?(index: number, counts: readonly number[]): void;
  /** Told once when input tokens cannot be counted. */
  warn(error: unknown): void;
  /** Told once when answers cannot be counted that the server has given no usage for. */
  warnOutput(error: unknown): void;
}

/**
 * Everything that is made of the records of a run, whether they come as it runs or from its journal
 * long after: the same records in the same order make the same files.
 */
export class RunResults {
  readonly #config: RunConfig;
  readonly #folder: string;
  readonly #place: ResultsPlace;
  readonly #inputs: InputTokens;
  readonly #metrics: MetricsAccumulator;
  readonly #problems: string[] = [];
  #lines: LineFile | null = null;
  #canWriteLines = true;
  #tokenizer: Tokenizer | null = null;
  #loading: Promise<Tokenizer> | null = null;
  #isUncountable = false;
  #chatTemplate: Promise<RenderChat> | null = null;

  /** Writes no files as records come; for that, use `RunResults.open()`. */
  constructor(config: RunConfig, place: ResultsPlace) {
    this.#config = config;
    this.#folder = place.folder;
    this.#place = place;
    this.#inputs = new InputTokens({
      source: config.endpoint.tokenCountSource,
      isSent: endpointFacts(config.endpoint.type).sendsNoText !== true,
      fetch: (index) => place.fetch(index),
      known: (index) => place.known?.(index),
      keep: (index, counts) => place.keep?.(index, counts),
      warn: (error) => place.warn(error),
      loadTokenizer: () => this.#loadTokenizer(),
      tokenizer: () => this.#tokenizer,
      ...this.#chatTemplateOption(),
    });
    this.#metrics = new MetricsAccumulator(config, () => this.#tokenizer);
  }

  /** Begins the files that are written as records come; rejects when they cannot be made. */
  static async open(config: RunConfig, place: ResultsPlace): Promise<RunResults> {
    const results = new RunResults(config, place);
    if (config.exportRecords) await results.#openLines();
    return results;
  }

  /** Takes a record in; returns a promise when the next one should wait. */
  take(record: RequestRecord): Promise<void> | undefined {
    const { tokenCountSource } = this.#config.endpoint;
    const canGoOn = this.#tokenizer !== null || this.#isUncountable;
    if (canGoOn || !needsTokenizer(record, tokenCountSource)) return this.#complete(record);
    return this.#tryTokenizer().then(() => this.#complete(record));
  }

  /** Makes the report on what has come, and every export of it that can be written. */
  async write(options: ReportOptions): Promise<WrittenResults> {
    const report = this.#metrics.report(options);
    const { writeExports } = await import("./write_exports.ts");
    // What went wrong is among the problems already.
    await this.#lines?.flush().catch(() => {});
    const { console, problems } = await writeExports(report, this.#config, this.#folder);
    return { report, console, problems: [...this.#problems, ...problems] };
  }

  /** Gives the files back. */
  async close(): Promise<void> {
    await this.#lines?.close().catch(() => {});
  }

  async #openLines(): Promise<void> {
    const path = `${this.#folder}/${exportFiles(this.#config.exportPrefix).requestMetrics}`;
    this.#lines = await LineFile.create(path, {
      onError: (error) => {
        this.#canWriteLines = false;
        this.#problems.push(`Cannot write ${path}: ${describeFileError(error)}`);
      },
    });
  }

  #complete(record: RequestRecord): Promise<void> | undefined {
    const completed = this.#inputs.complete(record);
    if (completed instanceof Promise) return completed.then((late) => this.#add(late));
    return this.#add(completed);
  }

  #add(record: RequestRecord): Promise<void> | undefined {
    const values = this.#metrics.add(record);
    if (values === null || !this.#lines || !this.#canWriteLines) return undefined;
    return this.#lines.append(requestLine(record, values, this.#config));
  }

  /** Whatever has become of its files: what was measured is not lost. */
  async #tryTokenizer(): Promise<void> {
    try {
      await this.#loadTokenizer();
    } catch (error) {
      this.#isUncountable = true;
      this.#place.warnOutput(error);
    }
  }

  /** Building a tokenizer takes half a second: only for a run that has something to count. */
  #loadTokenizer(): Promise<Tokenizer> {
    this.#loading ??= (async () => {
      const { openTokenizer } = await import("../../common/tokenizer/open_tokenizer.ts");
      return this.#tokenizer = await openTokenizer(this.#config.dataset.tokenizer);
    })();
    return this.#loading;
  }

  #chatTemplateOption() {
    const { tokenizer } = this.#config.dataset;
    if (tokenizer.kind === "builtin" || tokenizer.chatTemplate === null) return {};
    const load = async () => {
      const { openChatTemplate } = await import("../../common/tokenizer/open_tokenizer.ts");
      return await openChatTemplate(tokenizer);
    };
    return { loadChatTemplate: () => this.#chatTemplate ??= load() };
  }
}
