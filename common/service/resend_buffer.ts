/** So many characters may wait to be acknowledged. */
const MOST_WAITING_CHARS = 64 * 1024 * 1024;

/** Thrown when the other side has not acknowledged for so long that memory would run out. */
export class ResendBufferFullError extends Error {
  override readonly name = "ResendBufferFullError";
}

/**
 * Keeps what was sent until the other side has it safe, so that it can be sent once more.
 *
 * The other side acknowledges by a count of what has come over the connection so far.
 */
export class ResendBuffer {
  readonly #mostChars: number;
  #texts: string[] = [];
  /** Where the first text that is not acknowledged is in `#texts`. */
  #first = 0;
  #chars = 0;
  /** Over this connection. */
  #acknowledged = 0;
  #safe = 0;

  constructor(mostChars = MOST_WAITING_CHARS) {
    this.#mostChars = mostChars;
  }

  /** Texts that are not acknowledged. */
  get size(): number {
    return this.#texts.length - this.#first;
  }

  /** Characters of the texts that are not acknowledged. */
  get chars(): number {
    return this.#chars;
  }

  /** Keeps a text that is sent now; throws a ResendBufferFullError when there is no room for it. */
  add(text: string): void {
    if (this.#chars + text.length > this.#mostChars) {
      throw new ResendBufferFullError(
        `Cannot keep more than ${this.size} records (${this.#chars} characters) that nobody has ` +
          "acknowledged",
      );
    }
    this.#texts.push(text);
    this.#chars += text.length;
  }

  /** Texts that were acknowledged, over all connections. */
  get safe(): number {
    return this.#safe;
  }

  /** Forgets what is safe: the first `count` texts that were sent over this connection. */
  acknowledge(count: number): void {
    const more = Math.min(count - this.#acknowledged, this.size);
    if (!(more > 0)) return;
    this.#acknowledged += more;
    this.#safe += more;
    for (let i = 0; i < more; i++) this.#chars -= this.#texts[this.#first++]!.length;
    // Now and then: to move the rest down each time would cost more than it gives back.
    if (this.#first * 2 > this.#texts.length || this.size === 0) {
      this.#texts = this.#texts.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Begins anew over another connection; returns what is to be sent again over it, in order. */
  reconnect(): readonly string[] {
    this.#acknowledged = 0;
    return this.#texts.slice(this.#first);
  }
}
