import type { Turn } from "../../../common/model/conversation.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent, SessionLink } from "../formats/format.ts";
import { IdTable } from "./id_table.ts";
import { NumberList } from "./number_list.ts";
import { historyOf, SessionRows } from "./session_rows.ts";

/** A part of a file, in bytes. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A part of one of the files of a data set. */
export interface FileSpan extends Span {
  /** Which file, from 0. */
  readonly source: number;
}

/** Where a line is. */
export interface LinePlace extends FileSpan {
  /** From 1. */
  readonly number: number;
}

/** When a turn is to be sent; null: nothing is said of it. */
export interface TurnTime {
  readonly delayMs: number | null;
  readonly timestampMs: number | null;
}

/**
 * Where each conversation of a data set is in its files and when its turns are to be sent.
 *
 * Neither text nor ids are kept: 12 bytes a line, and 8 for each timestamp or pause; where lines have
 * ids some 20 bytes an id, and 16 more for a line that is one of several of its session.
 */
export class LineIndex {
  readonly #offsets = new NumberList("double");
  readonly #lengths = new NumberList("count");
  /** Empty as long as there is one file. */
  readonly #sources = new NumberList("count");
  /** How many turns more than rows there are before each row. */
  readonly #turnsAhead = new NumberList("count");
  /** Of all turns, NaN for null. */
  readonly #delaysMs = new NumberList("double");
  readonly #timestampsMs = new NumberList("double");
  readonly #ids = new IdTable();
  /** Null as long as each line is a conversation. */
  #sessions: SessionRows | null = null;
  #maxTurns = 0;
  #hasTimestamps = false;

  /** How many conversations there are. */
  get entries(): number {
    return this.#sessions?.entries ?? this.#offsets.length;
  }

  /** Whether a line may go on with the conversation of one before it. */
  get hasSessions(): boolean {
    return this.#sessions !== null;
  }

  /** The most turns that a conversation has. */
  get maxTurns(): number {
    return this.#maxTurns;
  }

  /** Whether every first turn has a timestamp. */
  get hasTimestamps(): boolean {
    return this.#hasTimestamps;
  }

  /** The conversation that a line goes on with; undefined: it begins one. */
  find(link: SessionLink | undefined): number | undefined {
    return link && this.#ids.get(link.joins);
  }

  /**
   * Adds what a line says; returns the conversation it belongs to.
   *
   * `conversation`: what `find` says of it. Throws a FieldError when it does not fit those before it.
   */
  add(place: LinePlace, content: LineContent, conversation: number | undefined): number {
    const { link, turns } = content;
    const row = this.#offsets.length;
    if (link !== undefined && row === 0) this.#sessions = new SessionRows();
    if (link !== undefined && this.#sessions === null) {
      throw new FieldError("session_id", "is there, and the lines before have none");
    }
    this.#check(place, content, conversation);
    this.#addRow(place, turns);
    const at = conversation ?? this.entries - (this.#sessions === null ? 1 : 0);
    const isKnown = conversation !== undefined && link?.knownAs === link?.joins;
    if (link && !isKnown) this.#ids.set(link.knownAs, at);
    const turnsSoFar = this.#sessions?.add({ row, turns }, conversation) ?? turns.length;
    this.#maxTurns = Math.max(this.#maxTurns, turnsSoFar);
    return at;
  }

  /** Where the lines of a conversation are. */
  spans(index: number): FileSpan[] {
    return this.#rowsOf(index).map((row) => ({
      offset: this.#offsets.at(row),
      length: this.#lengths.at(row),
      source: this.#sources.length === 0 ? 0 : this.#sources.at(row),
    }));
  }

  /** When the turns of a conversation are to be sent. */
  times(index: number): TurnTime[] {
    const times: TurnTime[] = [];
    for (const row of this.#rowsOf(index)) {
      for (let at = this.#firstTurn(row); at < this.#endOf(row); at++) {
        times.push({
          delayMs: nullable(this.#delaysMs.at(at)),
          timestampMs: nullable(this.#timestampsMs.at(at)),
        });
      }
    }
    return times;
  }

  /** When a conversation begins; null: at no set time. */
  startMs(index: number): number | null {
    const row = this.#sessions?.firstRow(index) ?? index;
    return nullable(this.#timestampsMs.at(this.#firstTurn(row)));
  }

  #check(
    { number }: LinePlace,
    { id, link, turns }: LineContent,
    conversation: number | undefined,
  ): void {
    const [turn] = turns;
    const { timestampMs } = turn!;
    if (conversation === undefined) this.#checkTimestamp(timestampMs !== null);
    else {
      if (timestampMs !== null) this.#checkOrder(conversation, timestampMs);
      this.#checkHistory(conversation, turn!);
    }
    if (id === null || link !== undefined) return;
    const other = this.#ids.get(id);
    if (other === undefined) return this.#ids.set(id, number);
    throw new FieldError(
      "session_id",
      `is that of line ${other}, too; all turns of a session belong on one line`,
    );
  }

  #addRow({ offset, length, source }: LinePlace, turns: LineContent["turns"]): void {
    if (source > 0) {
      while (this.#sources.length < this.#offsets.length) this.#sources.push(0);
      this.#sources.push(source);
    }
    this.#offsets.push(offset);
    this.#lengths.push(length);
    this.#turnsAhead.push(this.#delaysMs.length - this.#turnsAhead.length);
    for (const { delayMs, timestampMs } of turns) {
      this.#delaysMs.push(delayMs ?? NaN);
      this.#timestampsMs.push(timestampMs ?? NaN);
    }
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

  #checkOrder(conversation: number, timestampMs: number): void {
    if (!this.#hasTimestamps) {
      throw new FieldError("timestamp", "needs one on the first line of its session, too");
    }
    const latestMs = this.#sessions!.latestMs(conversation);
    if (timestampMs >= latestMs) return;
    throw new FieldError(
      "timestamp",
      `must not be before that of a line before it of its session (${latestMs})`,
    );
  }

  /** What the turns before have said is either added to a row or in it. */
  #checkHistory(conversation: number, turn: Turn): void {
    const before = this.#sessions!.history(conversation);
    const now = historyOf(turn);
    if (before === now || before === "unsaid" || now === "unsaid") return;
    throw new FieldError(
      "message_mode",
      `is "${now}" here, and "${before}" on a line before it of its session; ` +
        "all messages of a session must be the one or the other",
    );
  }

  #firstTurn(row: number): number {
    return row + this.#turnsAhead.at(row);
  }

  #endOf(row: number): number {
    const next = row + 1;
    return next < this.#turnsAhead.length ? this.#firstTurn(next) : this.#delaysMs.length;
  }

  #rowsOf(index: number): number[] {
    return this.#sessions?.rowsOf(index) ?? [index];
  }
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
