import type { CommandOf } from "../../common/comms/messages.ts";
import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../common/model/conversation.ts";
import { charactersOf } from "../../common/model/conversation_size.ts";
import type { MarkerWords } from "../../common/model/cache_bust.ts";
import type { DatasetPlan } from "../../common/model/run_config.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  onCleanup,
  onCommand,
  onConfigure,
} from "../../common/service/hooks.ts";
import type { Dataset } from "./dataset.ts";
import { checkMadeUp, checkNeeds } from "./endpoint_needs.ts";
import { markerWordsOf } from "./synthetic/marker_words.ts";
import { openLexicon } from "./synthetic/open_lexicon.ts";
import { createSyntheticDataset } from "./synthetic/synthetic_dataset.ts";

/** From so many characters of text on, an answer is sent with fewer conversations than asked for. */
const MAX_ANSWER_CHARACTERS = 8 * 1024 * 1024;

/** Makes conversations, or reads them from a file, when they are asked for. */
export class DatasetManager extends ComponentService {
  #dataset: Dataset | null = null;
  #markerWords: MarkerWords | null = null;

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    this.#dataset = await openDataset(config.dataset, config.endpoint.type);
    if (config.dataset.cacheBust !== "none") {
      this.#markerWords = await prepareMarkers(config.dataset, this.#dataset);
    }
    this.listen();
  }

  @onCommand("get_conversations")
  protected conversations({ indexes }: CommandOf<"get_conversations">): Conversation[] {
    const conversations: Conversation[] = [];
    let characters = 0;
    for (const index of indexes) {
      const conversation = this.#dataset!.conversation(index);
      characters += charactersOf(conversation);
      if (conversations.length > 0 && characters > MAX_ANSWER_CHARACTERS) break;
      conversations.push(conversation);
    }
    return conversations;
  }

  @onCommand("get_dataset_info")
  protected info(_command: CommandOf<"get_dataset_info">): DatasetInfo {
    return this.#dataset!.info();
  }

  @onCommand("get_marker_words")
  protected words(_command: CommandOf<"get_marker_words">): MarkerWords {
    return this.#markerWords!;
  }

  @onCommand("get_outlines")
  protected outlines({ first, count }: CommandOf<"get_outlines">): ConversationOutline[] {
    return Array.from({ length: count }, (_, position) => this.#dataset!.outline(first + position));
  }

  @onCleanup
  protected close(): void {
    this.#dataset?.close();
  }
}

/** Throws a BadInputError when no marker can be put into what is sent. */
async function prepareMarkers(plan: DatasetPlan, dataset: Dataset): Promise<MarkerWords> {
  const isBody = plan.file !== null &&
    dataset.conversation(0).turns.some(({ body }) => body !== null);
  if (isBody) {
    throw new BadInputError("--cache-bust: the bodies of --input-file are sent as they are");
  }
  return markerWordsOf(await openLexicon(plan.tokenizer));
}

async function openDataset(plan: DatasetPlan, endpointType: string): Promise<Dataset> {
  if (plan.file === null) {
    const dataset = createSyntheticDataset(plan, await openLexicon(plan.tokenizer));
    checkMadeUp(dataset.conversation(0), endpointType);
    return dataset;
  }
  const [{ createFileDataset }, { openInputFile }] = await Promise.all([
    import("./file/file_dataset.ts"),
    import("./file/input_file.ts"),
  ]);
  return await createFileDataset({
    plan,
    file: plan.file,
    source: await openInputFile(plan.file.path),
    check: (content) => checkNeeds(content, endpointType),
  });
}
