import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../common/model/conversation.ts";

/** Conversations by their position. */
export interface Dataset {
  /** How many there are. */
  readonly entries: number;
  /** What is known of all of them together; the first call may take a while. */
  info(): DatasetInfo;
  /** The conversation at `index`; throws `RangeError` unless it is an integer in [0, entries). */
  conversation(index: number): Conversation;
  /** The same without its texts, at little cost. */
  outline(index: number): ConversationOutline;
  /** Gives back what the data set holds. */
  close(): void;
}

/** Throws `RangeError` unless `index` is that of an entry. */
export function checkIndex(index: number, entries: number): void {
  if (Number.isInteger(index) && index >= 0 && index < entries) return;
  throw new RangeError(`conversation ${index} is not among the ${entries} of the data set`);
}
