import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../common/model/conversation.ts";

/** Conversations by their position. */
export interface Dataset {
  /** How many there are, or how many are known so far. */
  readonly entries: number;
  /** What is known of all of them together; the first call may take a while. */
  info(): DatasetInfo;
  /** The conversation at `index`; throws `RangeError` unless it is an integer in [0, entries). */
  conversation(index: number): Conversation;
  /** The same without its texts, at little cost. */
  outline(index: number): ConversationOutline;
  /** When a conversation is to begin, in milliseconds; null: at no set time. */
  startMs(index: number): number | null;
  /** Resolves when more than `beyond` are known, or all; absent: all are. */
  known?(beyond: number): Promise<void>;
  /** Rejects when something is wrong with what is looked at only now; absent: nothing is. */
  readonly checked?: Promise<void>;
  /** What a reader of the results should know of it, one sentence each; absent: nothing. */
  notes?(): string[];
  /** Gives back what the data set holds. */
  close(): void;
}

/** Throws `RangeError` unless `index` is that of an entry. */
export function checkIndex(index: number, entries: number): void {
  if (Number.isInteger(index) && index >= 0 && index < entries) return;
  throw new RangeError(`conversation ${index} is not among the ${entries} of the data set`);
}
