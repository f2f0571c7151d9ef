import * as z from "zod/mini";
import type { Command, CommandOf, MessageOf } from "../../common/comms/messages.ts";
import {
  type MarkerWords,
  markerWordsSchema,
  type MarkingPlan,
  markingPlan,
  withMarker,
} from "../../common/model/cache_bust.ts";
import { type Conversation, conversationSchema } from "../../common/model/conversation.ts";
import type { WrittenResults } from "../../common/model/report.ts";
import { describeError } from "../../common/runtime/log.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  onCleanup,
  onCommand,
  onConfigure,
  onMessage,
} from "../../common/service/hooks.ts";
import { CommandFailedError, type Peer } from "../../common/service/peer.ts";
import { SteadyLink } from "../../common/service/steady_link.ts";
import { type PhaseBounds, RunResults } from "./run_results.ts";

/** How long the last records may take from the records manager to here. */
const END_TIMEOUT_MS = 300_000;

/** How long the dataset manager may take for a conversation whose tokens are to be counted. */
const CONVERSATION_TIMEOUT_MS = 10_000;

/** How long token counts may take to the journal, a restart of the records manager included. */
const KEEP_TIMEOUT_MS = 10_000;

/** How often the wait for them looks again. */
const KEEP_LOOK_MS = 10;

/** Turns records into metrics as they come, and into summaries and export files at the end. */
export class PostProcessorManager extends ComponentService {
  readonly #allRecords = Promise.withResolvers<void>();
  #results: RunResults | null = null;
  #bounds: PhaseBounds | null = null;
  readonly #dataset = new SteadyLink({
    connect: () => this.connectTo("dataset_manager"),
    clock: this.clock,
    signal: this.life,
    // Whoever needs it by then gets to know.
    onGivenUp: (error) => this.log.warning(describeError(error)),
  });
  #opened: Promise<void> | null = null;
  #marking: MarkingPlan | null = null;
  #markerWords: MarkerWords | null = null;
  #records: Peer | null = null;
  /** Token counts that are not known to be in the journal. */
  readonly #unkept = new Set<Command>();

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    this.#marking = markingPlan(config);
    this.#results = await RunResults.open(config, {
      folder: config.artifactDir,
      fetch: (index) => this.#fetchConversation(index),
      keep: (index, counts) => this.#keepCounts(index, counts),
      warn: (error) => this.log.warning(`Cannot count input tokens: ${describeError(error)}`),
      warnOutput: (error) =>
        this.log.warning(`Cannot count output tokens: ${describeError(error)}`),
    });
    this.listen();
  }

  @onMessage("record")
  protected take({ record }: MessageOf<"record">): Promise<void> | undefined {
    return this.#results!.take(record);
  }

  @onMessage("records_end")
  protected noteEnd(): void {
    this.#allRecords.resolve();
  }

  /** The records manager tells of phases too, from the journal: the bus may have been missed. */
  @onMessage("phase_started")
  protected ignoreStart(): void {}

  @onMessage("phase_complete")
  protected noteBounds(
    { phase, startNs, endNs, unsent, overdue, reason }: MessageOf<"phase_complete">,
  ): void {
    if (phase === "profiling") this.#bounds = { startNs, endNs, unsent, overdue, reason };
  }

  /** There is nothing to stand back for any more: the user waits for the results. */
  @onMessage("run_complete")
  protected hurry(): void {
    void this.context.comeForward?.();
  }

  @onCommand("write_results")
  protected async writeResults(
    { kind: _kind, ...facts }: CommandOf<"write_results">,
  ): Promise<WrittenResults> {
    // Where the timing manager is dead nobody has told of the end of the load.
    this.hurry();
    await this.#waitForEnd();
    await this.#untilKept();
    return await this.#results!.write({ ...facts, ...(this.#bounds ?? {}) });
  }

  protected override peerJoined(peer: Peer): void {
    if (peer.type !== "records_manager") return;
    this.#records = peer;
    for (const command of this.#unkept) this.#keep(command, peer);
  }

  @onCleanup
  protected async close(): Promise<void> {
    await this.#results?.close();
  }

  async #fetchConversation(index: number): Promise<Conversation> {
    this.#opened ??= this.#dataset.open();
    await this.#opened.catch((error) => {
      this.#opened = null;
      throw error;
    });
    const command = { kind: "get_conversations" as const, indexes: [index] };
    const [conversation] = z.array(conversationSchema).parse(
      await this.#dataset.request(command, CONVERSATION_TIMEOUT_MS),
    );
    if (!conversation) throw new Error(`the data set gave no conversation ${index}`);
    return this.#marking === null ? conversation : await this.#mark(conversation);
  }

  /** All markers have as many tokens: any will do. */
  async #mark(conversation: Conversation): Promise<Conversation> {
    this.#markerWords ??= markerWordsSchema.parse(
      await this.#dataset.request({ kind: "get_marker_words" }, CONVERSATION_TIMEOUT_MS),
    );
    const options = { ...this.#marking!, words: this.#markerWords };
    return withMarker(conversation, options, { phase: "profiling", sessionIndex: 0 });
  }

  /** Into the journal, from which the results can be made again when the data set is gone. */
  #keepCounts(conversationIndex: number, counts: readonly number[]): void {
    const command = {
      kind: "keep_token_counts" as const,
      counts: { type: "token_counts" as const, conversationIndex, inputTokens: [...counts] },
    };
    this.#unkept.add(command);
    this.#keep(command, this.#records!);
  }

  /** What a records manager that died has not confirmed is told to the next one. */
  #keep(command: Command, records: Peer): void {
    records.request(command, KEEP_TIMEOUT_MS).then(
      () => void this.#unkept.delete(command),
      (error) => {
        if (error instanceof CommandFailedError) this.#unkept.delete(command);
        if (!records.isGone) this.log.warning(`Cannot keep token counts: ${describeError(error)}`);
      },
    );
  }

  /** Without them, nobody could make the same report from the journal. */
  async #untilKept(): Promise<void> {
    const untilNs = this.clock.nowNs() + KEEP_TIMEOUT_MS * 1e6;
    while (this.#unkept.size > 0 && this.clock.nowNs() < untilNs) {
      await this.clock.sleep(KEEP_LOOK_MS, this.life);
    }
    if (this.#unkept.size === 0) return;
    this.log.warning(`Token counts of ${this.#unkept.size} conversations are not in the journal`);
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
