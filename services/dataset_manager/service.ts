import type { CommandOf } from "../../common/comms/messages.ts";
import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
  StartsPage,
} from "../../common/model/conversation.ts";
import { charactersOf } from "../../common/model/conversation_size.ts";
import type { MarkerWords } from "../../common/model/cache_bust.ts";
import type { RunEvent } from "../../common/model/run_event.ts";
import type { DatasetPlan, RunConfig } from "../../common/model/run_config.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  onCleanup,
  onCommand,
  onConfigure,
} from "../../common/service/hooks.ts";
import type { Dataset } from "./dataset.ts";
import { checkAnswers, checkMadeUp, checkNeeds } from "./endpoint_needs.ts";
import { KeptConversations } from "./kept_conversations.ts";
import { markerWordsOf } from "./synthetic/marker_words.ts";
import { openMedia } from "./synthetic/media.ts";
import { openLexicon } from "./synthetic/open_lexicon.ts";
import { createSyntheticDataset } from "./synthetic/synthetic_dataset.ts";

/** From so many characters of text on, an answer is sent with fewer conversations than asked for. */
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

/** Who asks for what is not known is answered after so long in any case, and may ask again. */
const PATIENCE_MS = 5_000;

/** The same when they take longer to make: others wait, and a service has to give signs of life. */
const ANSWER_WITHIN_MS = 200;

/** Makes conversations, or reads them from a file, when they are asked for. */
export class DatasetManager extends ComponentService {
  #dataset: Dataset | null = null;
  readonly #kept = new KeptConversations((index) => this.#dataset!.conversation(index));
  readonly #told = new Set<string>();
  #markerWords: MarkerWords | null = null;
  #history: DatasetPlan["history"] = "server";

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    this.#history = config.dataset.history;
    this.#dataset = await openDataset(config, this.clock, (event) => this.publish(event));
    this.#tellNotes();
    this.#dataset.checked?.then(() => this.#tellNotes(), (error) => this.fail(error));
    if (config.dataset.cacheBust !== "none") {
      this.#markerWords = await prepareMarkers(config.dataset, this.#dataset);
    }
    this.listen();
  }

  @onCommand("get_conversations")
  protected async conversations(
    { indexes }: CommandOf<"get_conversations">,
  ): Promise<Conversation[]> {
    await this.#dataset!.known?.(Math.max(...indexes));
    const history = this.#history;
    const conversations: Conversation[] = [];
    const untilNs = this.clock.nowNs() + ANSWER_WITHIN_MS * 1e6;
    let characters = 0;
    for (const index of indexes) {
      const isLate = conversations.length > 0 && this.clock.nowNs() > untilNs;
      if (isLate) break;
      const conversation = this.#kept.get(index);
      characters += charactersOf(conversation);
      if (conversations.length > 0 && characters > MAX_ANSWER_CHARACTERS) break;
      conversations.push(history === "server" ? conversation : { ...conversation, history });
    }
    return conversations;
  }

  @onCommand("get_dataset_info")
  protected async info({ beyond }: CommandOf<"get_dataset_info">): Promise<DatasetInfo> {
    if (beyond !== null) await this.#known(beyond);
    return this.#dataset!.info();
  }

  @onCommand("get_marker_words")
  protected words(_command: CommandOf<"get_marker_words">): MarkerWords {
    return this.#markerWords!;
  }

  @onCommand("get_dataset_notes")
  protected notes(_command: CommandOf<"get_dataset_notes">): string[] {
    return this.#dataset?.notes?.() ?? [];
  }

  @onCommand("get_outlines")
  protected async outlines(
    { first, count }: CommandOf<"get_outlines">,
  ): Promise<ConversationOutline[]> {
    await this.#dataset!.known?.(first + count - 1);
    const length = Math.min(count, this.#dataset!.entries - first);
    return Array.from({ length }, (_, position) => this.#dataset!.outline(first + position));
  }

  @onCommand("get_starts")
  protected async starts({ first, count }: CommandOf<"get_starts">): Promise<StartsPage> {
    await this.#known(first);
    const { entries, isComplete } = this.#dataset!.info();
    const length = Math.min(count, entries - first);
    return {
      startsMs: Array.from({ length }, (_, position) => this.#dataset!.startMs(first + position)),
      isLast: isComplete && first + length === entries,
    };
  }

  /** Says what should be known of the data set as soon as it is, and once. */
  #tellNotes(): void {
    for (const text of this.#dataset!.notes?.() ?? []) {
      if (this.#told.has(text)) continue;
      this.#told.add(text);
      this.log.warning(text);
      this.publish({ type: "dataset_note", text });
    }
  }

  /** Waits until more than `beyond` conversations are known, or all, but not for long. */
  async #known(beyond: number): Promise<void> {
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, this.life]);
    await Promise.race([this.#dataset!.known?.(beyond), this.clock.sleep(PATIENCE_MS, signal)]);
    answered.abort();
  }

  @onCleanup
  protected close(): void {
    this.#dataset?.close();
  }
}

/** Throws a BadInputError when no marker can be put into what is sent. */
async function prepareMarkers(plan: DatasetPlan, dataset: Dataset): Promise<MarkerWords> {
  await dataset.known?.(0);
  const isBody = plan.file !== null &&
    dataset.conversation(0).turns.some(({ body }) => body !== null);
  if (isBody) {
    throw new BadInputError("--cache-bust: the bodies of --input-file are sent as they are");
  }
  return markerWordsOf(await openLexicon(plan.tokenizer));
}

async function openDataset(
  { dataset: plan, endpoint }: RunConfig,
  clock: Clock,
  tell: (event: RunEvent) => void,
): Promise<Dataset> {
  const { file } = plan;
  if (file === null) {
    const dataset = createSyntheticDataset(plan, {
      lexicon: await openLexicon(plan.tokenizer, plan.synthetic.corpus),
      media: await openMedia(plan),
    });
    checkMadeUp(dataset.conversation(0), endpoint.type);
    return dataset;
  }
  const { openFileDataset } = await import("./file/open_file_dataset.ts");
  return await openFileDataset({
    plan,
    file,
    isStreaming: endpoint.streaming,
    openLexicon: () => openLexicon(plan.tokenizer),
    check: (content) => {
      checkNeeds(content, endpoint.type);
      if (plan.history === "dataset") checkAnswers(content);
    },
    nowMs: () => clock.nowNs() / 1e6,
    rest: (busyMs, signal) => clock.sleep(busyMs, signal),
  }, tell);
}
