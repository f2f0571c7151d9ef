/** How much is read at a time; a window holds at least twice that. */
const READ_BYTES = 256 * 1024;

/** A part of a file in memory: bytes are taken from its front while more is read to its end. */
export class ByteWindow {
  #buffer = new Uint8Array(2 * READ_BYTES);
  /** Where the buffer's first byte is in the file. */
  #base = 0;
  /** Where what is still needed begins, and where the bytes end, in the buffer. */
  start = 0;
  end = 0;
  /** How far it was looked through, in the buffer. */
  searched = 0;

  /** The bytes that are there. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.end);
  }

  /** Where a place of the buffer is in the file. */
  offsetOf(place: number): number {
    return this.#base + place;
  }

  /** Where to read more to. */
  room(): Uint8Array {
    if (this.#buffer.length - this.end < READ_BYTES) this.#makeRoom();
    return this.#buffer.subarray(this.end, this.end + READ_BYTES);
  }

  #makeRoom(): void {
    const rest = this.end - this.start;
    const target = rest + READ_BYTES > this.#buffer.length
      ? new Uint8Array(2 * this.#buffer.length)
      : this.#buffer;
    target.set(this.#buffer.subarray(this.start, this.end));
    this.#base += this.start;
    this.searched -= this.start;
    this.start = 0;
    this.end = rest;
    this.#buffer = target;
  }
}
