import type { Turn } from "../../../common/model/conversation.ts";
import { NumberList } from "./number_list.ts";

/** A line of a file, by its position among the lines that are used. */
export interface SessionRow {
  readonly row: number;
  readonly turns: readonly Turn[];
}

/** What the messages of a session hold: all that was sent, or what is new; or there are none. */
const HISTORIES = ["unsaid", "history", "delta"] as const;

/** One of the `message_mode`s, or that nothing is said of it. */
export type SessionHistory = typeof HISTORIES[number];

/** What a row's messages hold. */
export function historyOf({ messages, isStandalone }: Turn): SessionHistory {
  if (messages === null) return "unsaid";
  return isStandalone ? "history" : "delta";
}

/**
 * Which rows belong together: each row knows the next one of its conversation.
 *
 * Numbers are kept as differences that are 0 where most conversations are one row, as a list of zeros
 * takes no memory.
 */
export class SessionRows {
  /** How far after each row the next one of its conversation is; 0: none is. */
  readonly #toNext = new NumberList("count");
  /** Of each conversation: its first row less its position, and its last row less its first. */
  readonly #firsts = new NumberList("count");
  readonly #toLast = new NumberList("count");
  /** How many turns it has beyond the first. */
  readonly #moreTurns = new NumberList("count");
  /** The latest of its timestamps; NaN: it has none. */
  readonly #latestMs = new NumberList("double");
  /** Positions in HISTORIES. */
  readonly #histories = new NumberList("count");

  /** How many conversations there are. */
  get entries(): number {
    return this.#firsts.length;
  }

  /** The row that a conversation begins with. */
  firstRow(conversation: number): number {
    return conversation + this.#firsts.at(conversation);
  }

  /** -Infinity: no turn of the conversation has a timestamp. */
  latestMs(conversation: number): number {
    const latestMs = this.#latestMs.at(conversation);
    return Number.isNaN(latestMs) ? -Infinity : latestMs;
  }

  /** What the messages of a conversation hold. */
  history(conversation: number): SessionHistory {
    return HISTORIES[this.#histories.at(conversation)]!;
  }

  /** Returns how many turns the row's conversation has now; undefined: it begins one. */
  add({ row, turns }: SessionRow, conversation: number | undefined): number {
    const latestMs = turns.reduce((latest, { timestampMs }) => timestampMs ?? latest, NaN);
    const history = HISTORIES.indexOf(historyOf(turns[0]!));
    this.#toNext.push(0);
    if (conversation === undefined) {
      this.#firsts.push(row - this.entries);
      this.#toLast.push(0);
      this.#moreTurns.push(turns.length - 1);
      this.#latestMs.push(latestMs);
      this.#histories.push(history);
      return turns.length;
    }
    const first = this.firstRow(conversation);
    const last = first + this.#toLast.at(conversation);
    this.#toNext.set(last, row - last);
    this.#toLast.set(conversation, row - first);
    const moreTurns = this.#moreTurns.at(conversation) + turns.length;
    this.#moreTurns.set(conversation, moreTurns);
    if (latestMs >= this.latestMs(conversation)) this.#latestMs.set(conversation, latestMs);
    if (history > 0) this.#histories.set(conversation, history);
    return moreTurns + 1;
  }

  /** The rows of a conversation in order. */
  rowsOf(conversation: number): number[] {
    const rows: number[] = [];
    for (let row = this.firstRow(conversation);; row += this.#toNext.at(row)) {
      rows.push(row);
      if (this.#toNext.at(row) === 0) return rows;
    }
  }
}
