const NOTHING = new Uint8Array(0);

/**
 * The bytes of a line whose end has not come yet, at the front of a buffer that doubles: many small
 * pieces take little more memory than their bytes.
 */
export class HeldBytes {
  #buffer = NOTHING;
  #length = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** Holds a copy of `bytes` after what is held. */
  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** What is held, with `bytes` after it; nothing is held any more. */
  takeWith(bytes: Uint8Array): Uint8Array {
    if (this.#length === 0) return bytes;
    this.append(bytes);
    const whole = this.#buffer.subarray(0, this.#length);
    this.#buffer = NOTHING;
    this.#length = 0;
    return whole;
  }
}
