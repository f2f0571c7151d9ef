import { FieldError } from "../formats/fields.ts";
import type { LineContent, SessionLink } from "../formats/format.ts";
import { IdTable } from "./id_table.ts";
import { NumberList } from "./number_list.ts";

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

/** No row comes after it in its conversation. */
const NONE = 2 ** 32 - 1;

/**
 * Where each conversation of a data set is in its files and when its turns are to be sent.
 *
 * Neither text nor ids are kept: 36 bytes for a line of one turn, 20 more where lines have ids.
 */
export class LineIndex {
  readonly #offsets = new NumberList("double");
  readonly #lengths = new NumberList("count");
  /** Empty as long as there is one file. */
  readonly #sources = new NumberList("count");
  /** The position of each row's first turn in the two lists that follow, NaN for null. */
  readonly #firstTurns = new NumberList("count");
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

  /** Adds what a line says. Throws a FieldError when it does not fit those before it. */
  add(place: LinePlace, content: LineContent): void {
    const { link, turns } = content;
    const row = this.#offsets.length;
    if (link !== undefined && row === 0) this.#sessions = new SessionRows();
    if (link !== undefined && this.#sessions === null) {
      throw new FieldError("session_id", "is there, and the lines before have none");
    }
    const conversation = link && this.#ids.get(link.joins);
    this.#check(place, content, conversation);
    this.#addRow(place, turns);
    if (link) this.#ids.set(link.knownAs, conversation ?? this.entries);
    const turnsSoFar = this.#sessions?.add({ row, turns }, conversation) ?? turns.length;
    this.#maxTurns = Math.max(this.#maxTurns, turnsSoFar);
  }

  /** Whether the conversation that a line with this link belongs to has begun. */
  knows(link: SessionLink): boolean {
    return this.#ids.get(link.joins) !== undefined;
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
      for (let at = this.#firstTurns.at(row); at < this.#endOf(row); at++) {
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
    return nullable(this.#timestampsMs.at(this.#firstTurns.at(row)));
  }

  #check(
    { number }: LinePlace,
    { id, link, turns }: LineContent,
    conversation: number | undefined,
  ): void {
    const { timestampMs } = turns[0]!;
    if (conversation === undefined) this.#checkTimestamp(timestampMs !== null);
    else if (timestampMs !== null) this.#checkOrder(conversation, timestampMs);
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
    this.#firstTurns.push(this.#delaysMs.length);
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

  #endOf(row: number): number {
    const next = row + 1;
    return next < this.#firstTurns.length ? this.#firstTurns.at(next) : this.#delaysMs.length;
  }

  #rowsOf(index: number): number[] {
    return this.#sessions?.rowsOf(index) ?? [index];
  }
}

interface AddedRow {
  readonly row: number;
  readonly turns: LineContent["turns"];
}

/** Which rows belong together: each row knows the next one of its conversation. */
class SessionRows {
  readonly #next = new NumberList("count");
  /** Of each conversation its first and last row, its turns and its latest timestamp. */
  readonly #first = new NumberList("count");
  readonly #last = new NumberList("count");
  readonly #turns = new NumberList("count");
  readonly #latestMs = new NumberList("double");

  get entries(): number {
    return this.#first.length;
  }

  firstRow(conversation: number): number {
    return this.#first.at(conversation);
  }

  /** -Infinity: no turn of the conversation has a timestamp. */
  latestMs(conversation: number): number {
    return this.#latestMs.at(conversation);
  }

  /** Returns how many turns the row's conversation has now. */
  add({ row, turns }: AddedRow, conversation: number | undefined): number {
    const latestMs = turns.reduce((latest, { timestampMs }) => timestampMs ?? latest, -Infinity);
    this.#next.push(NONE);
    if (conversation === undefined) {
      this.#first.push(row);
      this.#last.push(row);
      this.#turns.push(turns.length);
      this.#latestMs.push(latestMs);
      return turns.length;
    }
    this.#next.set(this.#last.at(conversation), row);
    this.#last.set(conversation, row);
    const turnsNow = this.#turns.at(conversation) + turns.length;
    this.#turns.set(conversation, turnsNow);
    this.#latestMs.set(conversation, Math.max(latestMs, this.latestMs(conversation)));
    return turnsNow;
  }

  rowsOf(conversation: number): number[] {
    const rows: number[] = [];
    for (let row = this.firstRow(conversation); row !== NONE; row = this.#next.at(row)) {
      rows.push(row);
    }
    return rows;
  }
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
