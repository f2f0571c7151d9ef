import type { DatasetInfo } from "../../../common/model/conversation.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent } from "../formats/format.ts";

/** Where a conversation is in the file, in bytes. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Where a line is. */
export interface LinePlace extends Span {
  /** From 1. */
  readonly number: number;
}

/** When a turn is to be sent; null: nothing is said of it. */
export interface TurnTime {
  readonly delayMs: number | null;
  readonly timestampMs: number | null;
}

/**
 * Where each conversation of a file is and when its turns are to be sent, but no text.
 *
 * Lists of plain numbers, NaN for null: 40 bytes for a conversation of one turn.
 */
export class LineIndex {
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  /** The position of each conversation's first turn in the two lists that follow. */
  readonly #firstTurns: number[] = [];
  readonly #delaysMs: number[] = [];
  readonly #timestampsMs: number[] = [];
  readonly #idLines = new Map<string, number>();
  #maxTurns = 0;
  #hasTimestamps = false;

  /** How many conversations there are. */
  get entries(): number {
    return this.#offsets.length;
  }

  /** What is known of all of them together. */
  info(): DatasetInfo {
    return {
      entries: this.entries,
      maxTurns: this.#maxTurns,
      hasTimestamps: this.#hasTimestamps,
    };
  }

  /** Adds the conversation of a line. Throws a FieldError when it does not fit those before it. */
  add(place: LinePlace, { id, turns }: LineContent): void {
    this.#checkTimestamp(turns[0]!.timestampMs !== null);
    if (id !== null) this.#checkId(id, place.number);
    this.#offsets.push(place.offset);
    this.#lengths.push(place.length);
    this.#firstTurns.push(this.#delaysMs.length);
    for (const { delayMs, timestampMs } of turns) {
      this.#delaysMs.push(delayMs ?? NaN);
      this.#timestampsMs.push(timestampMs ?? NaN);
    }
    this.#maxTurns = Math.max(this.#maxTurns, turns.length);
  }

  /** Where a conversation is. */
  span(index: number): Span {
    return { offset: this.#offsets[index]!, length: this.#lengths[index]! };
  }

  /** When the turns of a conversation are to be sent. */
  times(index: number): TurnTime[] {
    const times: TurnTime[] = [];
    const end = this.#firstTurns[index + 1] ?? this.#delaysMs.length;
    for (let at = this.#firstTurns[index]!; at < end; at++) {
      times.push({
        delayMs: nullable(this.#delaysMs[at]!),
        timestampMs: nullable(this.#timestampsMs[at]!),
      });
    }
    return times;
  }

  /** A trace with holes is a mistake: nobody can say when the rest is to be sent. */
  #checkTimestamp(hasTimestamp: boolean): void {
    if (this.entries === 0) this.#hasTimestamps = hasTimestamp;
    if (hasTimestamp === this.#hasTimestamps) return;
    throw new FieldError(
      "timestamp",
      this.#hasTimestamps
        ? "is missing, and the lines before have one"
        : "is there, and the lines before have none",
    );
  }

  #checkId(id: string, line: number): void {
    const other = this.#idLines.get(id);
    if (other === undefined) {
      this.#idLines.set(id, line);
      return;
    }
    throw new FieldError(
      "session_id",
      `is that of line ${other}, too; all turns of a session belong on one line`,
    );
  }
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
