import { harmless } from "../../../common/runtime/harmless.ts";

/** Writes text to a stream; used so that a test can read what a person would see. */
export type WriteText = (text: string) => void;

/** What a terminal view needs of the world. */
export interface TerminalOptions {
  readonly write: WriteText;
  /** Whether a line can be drawn over again. */
  readonly isTerminal: boolean;
  /** Width in columns. */
  readonly columns: number;
}

const CLEAR_LINE = "\r\x1b[K";

/**
 * Shows lines one below the other, with at most one status line that changes below them.
 *
 * What it is given may quote a server: control characters in it do nothing.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  #status = "";

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** How many columns the status line may have: one that fills the last of them may wrap. */
  get statusWidth(): number {
    return this.#options.columns - 1;
  }

  /** Shows a line that stays. */
  line(text: string): void {
    this.#options.write(`${this.#status === "" ? "" : CLEAR_LINE}${harmless(text)}\n`);
    this.#draw();
  }

  /** Shows or changes the status line; without a terminal nothing is drawn over. */
  status(text: string): void {
    if (!this.#options.isTerminal) return;
    const safe = harmless(text);
    this.#status = safe.slice(0, this.statusWidth);
    this.#options.write(CLEAR_LINE);
    this.#draw();
  }

  /** Takes the status line away. */
  clear(): void {
    if (this.#status !== "") this.#options.write(CLEAR_LINE);
    this.#status = "";
  }

  #draw(): void {
    if (this.#status !== "") this.#options.write(this.#status);
  }
}
