import type { Conversation } from "../../common/model/conversation.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { RenderChat } from "../../common/tokenizer/chat_template.ts";
import { countTokens, type TokenCounter, type TokenCountSource } from "./metrics/token_counts.ts";
import { chatTokens, promptTokens } from "./prompt_tokens.ts";

/** Conversations whose counts are kept. */
const MOST_KEPT = 50_000;

/** What input tokens are counted with. */
export interface InputTokensOptions {
  readonly source: TokenCountSource;
  /** Whether the texts of the turns are sent at all: others are no input, so nobody counts them. */
  readonly isSent: boolean;
  /** Called only for conversations with texts that nobody has counted. */
  fetch(index: number): Promise<Conversation>;
  /** Called only when there is something to count. */
  loadTokenizer(): Promise<TokenCounter>;
  /** The same once it is loaded; null when it cannot be had. */
  tokenizer(): TokenCounter | null;
  /** Loads the chat template that prompts are counted with; absent: they are counted as they are. */
  loadChatTemplate?(): Promise<RenderChat>;
  /** What was counted before, for who cannot fetch any more. */
  known?(index: number): readonly number[] | undefined;
  /** Called with what was counted of a conversation: the tokens of what is sent up to each turn. */
  keep?(index: number, counts: readonly number[]): void;
  /** Called once when counting is not possible. */
  warn(error: unknown): void;
}

/**
 * Completes the input tokens of records: what their requests held, all turns and answers before.
 *
 * A record has the tokens of the turns that were sent, or none where the texts came from a file: then
 * they are counted here, once for each conversation. The answers in between are those that the
 * records before have brought, counted as output tokens are, without reasoning. So the input of a
 * turn is the input of the turn before, the answer to it, and the turn itself.
 */
export class InputTokens {
  readonly #options: InputTokensOptions;
  /** Tokens of what is sent up to each turn, by conversation. */
  readonly #counts = new Map<number, readonly number[]>();
  /** Tokens of the answers so far, by session, of those that are to go on. */
  readonly #answers = new Map<string, number>();
  #canCount = true;

  constructor(options: InputTokensOptions) {
    this.#options = options;
  }

  /** How many sessions are open. */
  get openSessions(): number {
    return this.#answers.size;
  }

  /**
   * The record with all its input tokens; null in it when they cannot be counted.
   *
   * Records of a session must come in order, and a promise must be awaited before the next one. When
   * the server's counts are the source, nothing is counted. Never rejects.
   */
  complete(record: RequestRecord): RequestRecord | Promise<RequestRecord> {
    if (this.#options.source === "server" || !this.#options.isSent) return record;
    const before = this.#follow(record);
    const answered = record.isStandalone ? 0 : before;
    // Nothing was sent, or nobody knows what.
    if (record.sentNs === null) return record;
    const isCounted = record.inputTokens !== null && !this.#options.loadChatTemplate;
    if (!isCounted) return this.#count(record, answered);
    return answered === 0 ? record : withAnswers(record, answered);
  }

  /** Tokens of the answers before this turn; notes the answer for the turns that follow. */
  #follow(record: RequestRecord): number {
    const { correlationId, isLastTurn, outcome } = record;
    const answered = this.#answers.get(correlationId) ?? 0;
    if (isLastTurn || outcome !== "success") {
      if (record.turnIndex > 0) this.#answers.delete(correlationId);
      return answered;
    }
    const { source, tokenizer } = this.#options;
    this.#answers.set(
      correlationId,
      answered + (countTokens(record, source, tokenizer).output ?? 0),
    );
    return answered;
  }

  #count(record: RequestRecord, answered: number): RequestRecord | Promise<RequestRecord> {
    if (this.#canCount) return this.#countFully(record, answered);
    return record.inputTokens === null ? record : { ...record, inputTokens: null };
  }

  async #countFully(record: RequestRecord, answered: number): Promise<RequestRecord> {
    try {
      const counts = await this.#countsOf(record.conversationIndex);
      const inputTokens = counts[record.turnIndex] ?? null;
      return withAnswers({ ...record, inputTokens }, answered);
    } catch (error) {
      this.#canCount = false;
      this.#options.warn(error);
      return { ...record, inputTokens: null };
    }
  }

  async #countsOf(index: number): Promise<readonly number[]> {
    const known = this.#counts.get(index) ?? this.#options.known?.(index);
    if (known !== undefined) return known;
    const counts = await this.#countAll(await this.#options.fetch(index));
    this.#keep(index, counts);
    this.#options.keep?.(index, counts);
    return counts;
  }

  async #countAll(conversation: Conversation): Promise<number[]> {
    const { loadTokenizer, loadChatTemplate } = this.#options;
    if (loadChatTemplate) {
      return chatTokens(conversation, await loadTokenizer(), await loadChatTemplate());
    }
    const turns = [...conversation.opening, ...conversation.turns];
    const isCounted = conversation.history !== "dataset" &&
      turns.every(({ inputTokens }) => inputTokens !== null);
    return promptTokens(conversation, isCounted ? null : await loadTokenizer());
  }

  #keep(index: number, counts: readonly number[]): void {
    this.#counts.set(index, counts);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= MOST_KEPT) break;
      this.#counts.delete(oldest);
    }
  }
}

function withAnswers(record: RequestRecord, answered: number): RequestRecord {
  const { inputTokens } = record;
  return { ...record, inputTokens: inputTokens === null ? null : inputTokens + answered };
}
