import type { Outlines, TurnOutline } from "./outlines.ts";

/** So many sessions ahead of the next one the outline of a conversation is asked for. */
const LOOKAHEAD = 256;

/** One run through a conversation. */
export class Session {
  /** Position in the phase, from 0. */
  readonly index: number;
  readonly conversationIndex: number;
  readonly turns: readonly TurnOutline[];
  /** How many of its turns have been sent. */
  sent = 0;

  constructor(index: number, conversationIndex: number, turns: readonly TurnOutline[]) {
    this.index = index;
    this.conversationIndex = conversationIndex;
    this.turns = turns;
  }

  /** Whether every turn has been sent. */
  get isOver(): boolean {
    return this.sent === this.turns.length;
  }

  /** The turn to be sent next; throws when there is none. */
  get nextTurn(): TurnOutline {
    const turn = this.turns[this.sent];
    if (turn === undefined) throw new Error(`session ${this.index} has no turn ${this.sent}`);
    return turn;
  }
}

/** What sessions are made from. */
export interface SessionSourceOptions {
  /**
   * Which conversation session `index` (from 0) runs through; asked for in ascending order. null: it
   * is not known yet; then it is asked for again when `whenMore` resolves.
   */
  choose(index: number): number | null;
  whenMore(): Promise<void>;
  /** The same once more, for looking ahead; null: all outlines are known, or there is none. */
  readonly chooseAhead: ((index: number) => number | null) | null;
  readonly outlines: Outlines;
  /** How many sessions there may be; Infinity: no limit. */
  limit(): number;
  /** Called when a session that could not start because its turns were not known can. */
  onReady(): void;
}

/** Starts the sessions of a phase, one after the other. */
export class SessionSource {
  readonly #options: SessionSourceOptions;
  #started = 0;
  /** The conversation of the next session; null: not known yet. */
  #next: number | null = null;
  #waitsFor = -1;
  #waitsForMore = false;

  constructor(options: SessionSourceOptions) {
    this.#options = options;
    this.#lookAhead(0, 2 * LOOKAHEAD);
    this.#choose();
  }

  /** How many sessions have been started. */
  get started(): number {
    return this.#started;
  }

  /** How many may still be started; Infinity: any number. */
  get left(): number {
    return Math.max(0, this.#options.limit() - this.#started);
  }

  /** Whether no further session will be started. */
  get isExhausted(): boolean {
    return this.left === 0;
  }

  /** Whether a session can be started now; `onReady` is called when that changes by itself. */
  get isReady(): boolean {
    if (this.isExhausted) return false;
    if (this.#next === null) this.#choose();
    if (this.#next === null) {
      this.#waitForMore();
      return false;
    }
    const { outlines, onReady } = this.#options;
    if (outlines.turnsOf(this.#next) !== null) return true;
    if (this.#waitsFor !== this.#next) {
      this.#waitsFor = this.#next;
      void outlines.load(this.#next).then(onReady);
    }
    return false;
  }

  /** The turns of the next session; call it when `isReady`. */
  get nextTurns(): readonly TurnOutline[] {
    const turns = this.#next === null ? null : this.#options.outlines.turnsOf(this.#next);
    if (turns === null) throw new Error(`the turns of conversation ${this.#next} are not known`);
    return turns;
  }

  /** Starts the next session, with its first `turns` turns or with all; call it when `isReady`. */
  start(turns = Infinity): Session {
    const all = this.nextTurns;
    const session = new Session(
      this.#started++,
      this.#next!,
      turns < all.length ? all.slice(0, turns) : all,
    );
    if (this.#started % LOOKAHEAD === 0) {
      this.#lookAhead(this.#started + LOOKAHEAD, this.#started + 2 * LOOKAHEAD);
    }
    this.#choose();
    return session;
  }

  #choose(): void {
    this.#next = this.isExhausted ? null : this.#options.choose(this.#started);
  }

  #waitForMore(): void {
    if (this.#waitsForMore) return;
    this.#waitsForMore = true;
    void this.#options.whenMore().then(() => {
      this.#waitsForMore = false;
      this.#options.onReady();
    });
  }

  /** Has the outlines of the sessions from `first` on, and before `end`, fetched. */
  #lookAhead(first: number, end: number): void {
    const { outlines, chooseAhead } = this.#options;
    const limit = this.#options.limit();
    if (chooseAhead === null) return;
    for (let index = first; index < Math.min(limit, end); index++) {
      const conversation = chooseAhead(index);
      if (conversation === null) return;
      if (outlines.turnsOf(conversation) === null) void outlines.load(conversation);
    }
  }
}
