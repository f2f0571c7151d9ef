/** Bytes before each frame's body: the body's length, big-endian. */
export const HEADER_BYTES = 4;

/** The largest body that is accepted. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Thrown when a peer announces or sends a frame that is over the limit. */
export class FrameTooLargeError extends RangeError {
  override readonly name = "FrameTooLargeError";

  constructor(bytes: number, limit: number) {
    super(`Cannot take a frame of ${bytes} bytes as at most ${limit} are allowed`);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Puts bodies into frames, one after the other in one buffer, ready for one write. */
export function encodeFrames(bodies: readonly string[], maxBytes = MAX_FRAME_BYTES): Uint8Array {
  let capacity = 0;
  // UTF-16 code units take at most three bytes of UTF-8 each.
  for (const body of bodies) capacity += HEADER_BYTES + body.length * 3;
  const buffer = new Uint8Array(capacity);
  const view = new DataView(buffer.buffer);
  let offset = 0;
  for (const body of bodies) {
    const { written } = encoder.encodeInto(body, buffer.subarray(offset + HEADER_BYTES));
    if (written > maxBytes) throw new FrameTooLargeError(written, maxBytes);
    view.setUint32(offset, written);
    offset += HEADER_BYTES + written;
  }
  return buffer.subarray(0, offset);
}

/**
 * Takes bytes as they come and gives back the bodies of the frames that are complete.
 *
 * Holds at most one unfinished frame; a frame over `maxBytes` is refused from its header, before
 * any memory is taken for it.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  #pending: Uint8Array = new Uint8Array(0);
  #used = 0;

  constructor(maxBytes = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Adds bytes and returns the bodies that they complete, in order.
   *
   * Throws FrameTooLargeError for a frame over the limit and TypeError for bytes that are not UTF-8.
   */
  push(bytes: Uint8Array): string[] {
    const bodies: string[] = [];
    const data = this.#used === 0 ? bytes : this.#append(bytes);
    const rest = this.#takeFrames(data, bodies);
    this.#keep(data, rest);
    return bodies;
  }

  /** Bytes of the frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#used;
  }

  #takeFrames(data: Uint8Array, bodies: string[]): number {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let offset = 0;
    while (data.length - offset >= HEADER_BYTES) {
      const length = view.getUint32(offset);
      if (length > this.#maxBytes) throw new FrameTooLargeError(length, this.#maxBytes);
      const end = offset + HEADER_BYTES + length;
      if (end > data.length) break;
      bodies.push(decoder.decode(data.subarray(offset + HEADER_BYTES, end)));
      offset = end;
    }
    return offset;
  }

  #append(bytes: Uint8Array): Uint8Array {
    this.#reserve(this.#used + bytes.length);
    this.#pending.set(bytes, this.#used);
    this.#used += bytes.length;
    return this.#pending.subarray(0, this.#used);
  }

  #keep(data: Uint8Array, from: number): void {
    const rest = data.subarray(from);
    if (rest.length === 0) {
      this.#used = 0;
      return;
    }
    if (data.buffer === this.#pending.buffer) {
      this.#pending.copyWithin(0, from, data.length);
    } else {
      this.#used = 0;
      this.#reserve(rest.length);
      this.#pending.set(rest);
    }
    this.#used = rest.length;
  }

  #reserve(bytes: number): void {
    if (this.#pending.length >= bytes) return;
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#pending.length, 4096));
    grown.set(this.#pending.subarray(0, this.#used));
    this.#pending = grown;
  }
}
