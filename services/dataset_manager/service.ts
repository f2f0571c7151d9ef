import type { CommandOf } from "../../common/comms/messages.ts";
import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../common/model/conversation.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import { type Configuration, onCommand, onConfigure } from "../../common/service/hooks.ts";
import { createSyntheticDataset, type Dataset } from "./synthetic/synthetic_dataset.ts";

/** Makes conversations when they are asked for. */
export class DatasetManager extends ComponentService {
  #dataset: Dataset | null = null;
  readonly #used = new Set<number>();

  @onConfigure
  protected open({ config }: Configuration): void {
    this.#dataset = createSyntheticDataset(config.dataset);
    this.listen();
  }

  @onCommand("get_conversations")
  protected conversations({ indexes }: CommandOf<"get_conversations">): Conversation[] {
    return indexes.map((index) => {
      this.#used.add(index);
      return this.#dataset!.conversation(index);
    });
  }

  @onCommand("get_dataset_info")
  protected info(_command: CommandOf<"get_dataset_info">): DatasetInfo {
    return { entries: this.#dataset!.entries, maxTurns: 1, hasTimestamps: false };
  }

  @onCommand("get_outlines")
  protected outlines({ first, count }: CommandOf<"get_outlines">): ConversationOutline[] {
    return Array.from({ length: count }, (_, position) => {
      const { index, turns } = this.#dataset!.conversation(first + position);
      return { index, turns: turns.map(({ delayMs, timestampMs }) => ({ delayMs, timestampMs })) };
    });
  }

  @onCommand("get_used_indexes")
  protected usedIndexes(_command: CommandOf<"get_used_indexes">): number[] {
    return [...this.#used].sort((a, b) => a - b);
  }
}
