import type { AnswerText, ErrorDetails, Usage } from "../../common/model/record.ts";
import type { AnswerPart, OtherChoice } from "./endpoints/endpoint.ts";
import { endlessAnswer } from "./request_failure.ts";

/** What is to be done with an answer besides taking its times. */
export interface AnswerOptions {
  /** The text may be needed for counting tokens. */
  readonly keepText: boolean;
  /** The text of the first read with content may be needed for counting its tokens. */
  readonly keepFirst?: boolean;
  /** The content may be needed as the history of the next turn. */
  readonly keepContent?: boolean;
  /** Called when the first piece of content has come, with when: in ns after the request was sent. */
  readonly onFirstContent?: (afterNs: number) => void;
}

/**
 * The longest text of an answer, in characters, and its most pieces of content: far beyond what any
 * model says, and so little that its record can be kept and passed on.
 */
const MOST_CHARACTERS = 4 * 2 ** 20;
const MOST_CHUNKS = 2 ** 20;

/** Gathers the parts of one answer into its timeline, counts and text. */
export class Answer {
  /** Arrival of each piece of content, in ns after the request was sent. */
  readonly chunksAfterNs: number[] = [];
  /** When the last bytes arrived, in ns after the request was sent; null before any. */
  lastByteAfterNs: number | null = null;
  /** When it came to its end, which may be after the last bytes; null until then, or if it was cut short. */
  overAfterNs: number | null = null;
  /** The index of the first chunk that is not reasoning alone; null until there is one. */
  firstOutputChunk: number | null = null;
  /** What the server counted, as it said last. */
  usage: Usage | null = null;
  /** The first error that the server reported. */
  error: ErrorDetails | null = null;
  /** Why the server stopped, as it said last. */
  finish: string | null = null;
  /** The server said that nothing more will come. */
  done = false;
  /** Tokens that the server has counted up to the first read with content, if it said so there. */
  firstTokens: number | null = null;
  /** All text of that read, reasoning included; empty when it is not kept. */
  firstText = "";
  /** How many finished pictures have come. */
  imagesMade = 0;
  /** How long the sound of the request is, as the server said last; null: it said nothing of it. */
  audioSeconds: number | null = null;

  readonly #options: AnswerOptions;
  #output = "";
  #reasoning = "";
  #characters = 0;
  #content = "";
  #called = "";
  /** The choices after the first. */
  readonly #others = new Map<number, AnswerText>();

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** Takes in a part that arrived `afterNs` after the request was sent. */
  add(part: AnswerPart, afterNs: number): void {
    if (part.usage !== null) {
      this.usage = this.usage === null ? part.usage : newerUsage(this.usage, part.usage);
    }
    if (part.finish !== null) this.finish = part.finish;
    if (part.done) this.done = true;
    this.error ??= part.error;
    if (part.media !== null) {
      this.imagesMade += part.media.images ?? 0;
      this.audioSeconds = part.media.audioSeconds ?? this.audioSeconds;
    }
    if (part.carries === "nothing") return;
    this.#characters += charactersOf(part);
    if (this.#characters > MOST_CHARACTERS || this.chunksAfterNs.length === MOST_CHUNKS) {
      this.error ??= endlessAnswer(MOST_CHARACTERS, MOST_CHUNKS);
      return;
    }
    if (part.carries === "output") this.firstOutputChunk ??= this.chunksAfterNs.length;
    this.chunksAfterNs.push(afterNs);
    if (afterNs === this.chunksAfterNs[0]) this.#noteFirst(part);
    if (this.chunksAfterNs.length === 1) this.#options.onFirstContent?.(afterNs);
    if (this.#options.keepContent) {
      this.#content += part.content;
      this.#called += part.toolCalls;
    }
    if (!this.#options.keepText) return;
    this.#output += part.content + part.toolCalls;
    this.#reasoning += part.reasoning;
    for (const other of part.others) this.#addOther(other);
  }

  /** Takes in a part that came with the first read that brought content. */
  #noteFirst(part: AnswerPart): void {
    const tokens = part.usage?.completionTokens ?? 0;
    if (tokens > 0) this.firstTokens = tokens;
    if (!this.#options.keepFirst) return;
    this.firstText += part.reasoning + part.content + part.toolCalls;
    for (const { output, reasoning } of part.others) this.firstText += reasoning + output;
  }

  #addOther({ index, output, reasoning }: OtherChoice): void {
    const known = this.#others.get(index);
    this.#others.set(index, {
      output: (known?.output ?? "") + output,
      reasoning: (known?.reasoning ?? "") + reasoning,
    });
  }

  /** Whether the server has said that the answer is complete, in whichever way its API has. */
  get isEnded(): boolean {
    return this.done || this.finish !== null;
  }

  /** Whether any content has come. */
  get hasContent(): boolean {
    return this.chunksAfterNs.length > 0;
  }

  /**
   * What the next turn is to hear of the answer so far, without its reasoning; empty when it is not
   * kept.
   *
   * Called tools are left out as long as there is text, and are the text where there is none: servers
   * refuse an assistant's message without content, calls without their results, and two turns of
   * the user in a row.
   */
  get content(): string {
    return this.#content === "" ? this.#called : this.#content;
  }

  /** The text so far, of all choices one after the other; empty when it is not kept. */
  get text(): AnswerText {
    const all = [{ output: this.#output, reasoning: this.#reasoning }, ...this.#others.values()];
    return {
      output: all.map(({ output }) => output).join(""),
      reasoning: all.map(({ reasoning }) => reasoning).join(""),
    };
  }
}

function charactersOf({ content, reasoning, toolCalls, others }: AnswerPart): number {
  let characters = content.length + reasoning.length + toolCalls.length;
  for (const other of others) characters += other.output.length + other.reasoning.length;
  return characters;
}

/** What a server counts it may say in parts: what the newer usage leaves out, the older one says. */
function newerUsage(older: Usage, newer: Usage): Usage {
  return {
    promptTokens: newer.promptTokens ?? older.promptTokens,
    completionTokens: newer.completionTokens ?? older.completionTokens,
    totalTokens: newer.totalTokens ?? older.totalTokens,
    reasoningTokens: newer.reasoningTokens ?? older.reasoningTokens,
    cachedPromptTokens: newer.cachedPromptTokens ?? older.cachedPromptTokens,
  };
}
