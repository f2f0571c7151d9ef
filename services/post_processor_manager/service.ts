import * as z from "zod/mini";
import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { type Conversation, conversationSchema } from "../../common/model/conversation.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { WrittenResults } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { describeError } from "../../common/runtime/log.ts";
import { LineFile } from "../../common/runtime/line_file.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  onCleanup,
  onCommand,
  onConfigure,
  onMessage,
} from "../../common/service/hooks.ts";
import type { Peer } from "../../common/service/peer.ts";
import type { Tokenizer } from "../../common/tokenizer/tokenizer.ts";
import { requestLine } from "./exporters/request_jsonl.ts";
import { InputTokens } from "./input_tokens.ts";
import { needsTokenizer } from "./metrics/token_counts.ts";
import { MetricsAccumulator } from "./metrics_accumulator.ts";

/** How long the last records may take from the records manager to here. */
const END_TIMEOUT_MS = 300_000;

/** How long the dataset manager may take for a conversation whose tokens are to be counted. */
const CONVERSATION_TIMEOUT_MS = 10_000;

/** Turns records into metrics as they come, and into summaries and export files at the end. */
export class PostProcessorManager extends ComponentService {
  readonly #allRecords = Promise.withResolvers<void>();
  #config: RunConfig | null = null;
  #metrics: MetricsAccumulator | null = null;
  #lines: LineFile | null = null;
  #tokenizer: Tokenizer | null = null;
  #loading: Promise<Tokenizer> | null = null;
  #inputs: InputTokens | null = null;
  #dataset: Peer | null = null;
  #bounds: { startNs: number; endNs: number } | null = null;

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    this.#config = config;
    this.#metrics = new MetricsAccumulator(config, () => this.#tokenizer!);
    this.#inputs = this.#inputTokens(config);
    if (config.exportRecords) {
      this.#lines = await LineFile.create(`${config.artifactDir}/${ARTIFACT_FILES.requestMetrics}`);
    }
    this.listen();
  }

  @onMessage("record")
  protected take(message: MessageOf<"record">): Promise<void> | undefined {
    const { tokenCountSource } = this.#config!.endpoint;
    const { record } = message;
    if (this.#tokenizer || !needsTokenizer(record, tokenCountSource)) return this.#take(record);
    return this.#loadTokenizer().then(() => this.#take(record));
  }

  @onMessage("records_end")
  protected noteEnd(): void {
    this.#allRecords.resolve();
  }

  @onMessage("phase_complete")
  protected noteBounds({ phase, startNs, endNs }: MessageOf<"phase_complete">): void {
    if (phase === "profiling") this.#bounds = { startNs, endNs };
  }

  @onCommand("write_results")
  protected async writeResults(
    { wasCancelled, account, health }: CommandOf<"write_results">,
  ): Promise<WrittenResults> {
    await this.#waitForEnd();
    const config = this.#config!;
    const report = this.#metrics!.report({
      wasCancelled,
      account,
      health,
      ...(this.#bounds ?? {}),
    });
    const { writeExports } = await import("./write_exports.ts");
    await this.#lines?.flush();
    return { report, console: await writeExports(report, config) };
  }

  @onCleanup
  protected async close(): Promise<void> {
    await this.#lines?.close();
  }

  #take(record: RequestRecord): Promise<void> | undefined {
    const completed = this.#inputs!.complete(record);
    if (completed instanceof Promise) return completed.then((late) => this.#add(late));
    return this.#add(completed);
  }

  #add(record: RequestRecord): Promise<void> | undefined {
    const values = this.#metrics!.add(record);
    if (values === null || !this.#lines) return undefined;
    return this.#lines.append(requestLine(record, values, this.#config!));
  }

  /** Building a tokenizer takes half a second: only for a run that has something to count. */
  #loadTokenizer(): Promise<Tokenizer> {
    this.#loading ??= (async () => {
      const { loadTokenizer } = await import("../../common/tokenizer/load_tokenizer.ts");
      return this.#tokenizer = await loadTokenizer(this.#config!.dataset.tokenizer);
    })();
    return this.#loading;
  }

  #inputTokens(config: RunConfig): InputTokens {
    return new InputTokens({
      source: config.endpoint.tokenCountSource,
      fetch: (index) => this.#fetchConversation(index),
      loadTokenizer: () => this.#loadTokenizer(),
      tokenizer: () => this.#tokenizer!,
      warn: (error) => this.log.warning(`Cannot count input tokens: ${describeError(error)}`),
    });
  }

  async #fetchConversation(index: number): Promise<Conversation> {
    this.#dataset ??= await this.connectTo("dataset_manager");
    const command = { kind: "get_conversations" as const, indexes: [index] };
    const [conversation] = z.array(conversationSchema).parse(
      await this.#dataset.request(command, CONVERSATION_TIMEOUT_MS),
    );
    if (!conversation) throw new Error(`the data set gave no conversation ${index}`);
    return conversation;
  }

  async #waitForEnd(): Promise<void> {
    const patience = new AbortController();
    const late = this.clock.sleep(END_TIMEOUT_MS, patience.signal).then(() => {
      if (!patience.signal.aborted) throw new Error("The last records did not come");
    });
    await Promise.race([this.#allRecords.promise, late]);
    patience.abort();
  }
}
