/** Bytes before each frame's body: the body's length, big-endian. */
export const HEADER_BYTES = 4;

/** The largest body that is accepted. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Bodies longer than this are measured before room is made for them. */
const LONG_BODY_CHARS = 16 * 1024;

/** A decoder's memory is given back after a frame that needed more than this. */
const KEPT_BYTES = 1024 * 1024;

/** Thrown when a peer announces or sends a frame that is over the limit. */
export class FrameTooLargeError extends RangeError {
  override readonly name = "FrameTooLargeError";

  constructor(bytes: number, limit: number) {
    super(`Cannot take a frame of ${bytes} bytes as at most ${limit} are allowed`);
  }
}

const encoder = new TextEncoder();
// A byte order mark is part of the text: JSON does not allow one.
const quickDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Throws FrameTooLargeError when a body is too long for one frame. */
export function checkBodyFits(body: string, maxBytes = MAX_FRAME_BYTES): void {
  // A UTF-16 code unit takes at most three bytes of UTF-8: most bodies need no counting.
  if (body.length * 3 <= maxBytes) return;
  const bytes = encoder.encode(body).length;
  if (bytes > maxBytes) throw new FrameTooLargeError(bytes, maxBytes);
}

/**
 * Puts bodies into frames, one after the other in one buffer, ready for one write.
 *
 * Throws FrameTooLargeError for a body over the limit.
 */
export function encodeFrames(bodies: readonly string[], maxBytes = MAX_FRAME_BYTES): Uint8Array {
  let capacity = 0;
  const pieces = bodies.map((body) => {
    const piece = body.length > LONG_BODY_CHARS ? encoder.encode(body) : body;
    capacity += HEADER_BYTES + (typeof piece === "string" ? piece.length * 3 : piece.length);
    return piece;
  });
  const buffer = new Uint8Array(capacity);
  const view = new DataView(buffer.buffer);
  let offset = 0;
  for (const piece of pieces) {
    const written = put(piece, buffer.subarray(offset + HEADER_BYTES));
    if (written > maxBytes) throw new FrameTooLargeError(written, maxBytes);
    view.setUint32(offset, written);
    offset += HEADER_BYTES + written;
  }
  return buffer.subarray(0, offset);
}

function put(piece: string | Uint8Array, target: Uint8Array): number {
  if (typeof piece === "string") return encoder.encodeInto(piece, target).written;
  target.set(piece);
  return piece.length;
}

/** The text of a frame's body; throws TypeError for bytes that are not UTF-8. */
export function decodeBody(body: Uint8Array): string {
  const text = quickDecoder.decode(body);
  // The strict decoder is several times slower: ask it only when something may have been replaced.
  return text.includes("\uFFFD") ? strictDecoder.decode(body) : text;
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

  /** Bytes of the frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#used;
  }

  /** Bytes of memory that are held for frames that are not complete. */
  get heldBytes(): number {
    return this.#pending.length;
  }

  /**
   * Adds bytes and yields the bodies that they complete, in order.
   *
   * A body is a view that is valid until the next push. Iterate to the end before that. Throws
   * FrameTooLargeError when a frame over the limit is reached; the decoder is of no use then.
   */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, void> {
    let from = 0;
    if (this.#used > 0) {
      from = this.#fill(bytes, 0, HEADER_BYTES);
      if (this.#used < HEADER_BYTES) return;
      const end = this.#frameEnd(this.#pending, 0);
      from = this.#fill(bytes, from, end);
      if (this.#used < end) return;
      yield this.#pending.subarray(HEADER_BYTES, end);
      this.#used = 0;
      if (this.#pending.length > KEPT_BYTES) this.#pending = new Uint8Array(0);
    }
    while (bytes.length - from >= HEADER_BYTES) {
      const end = this.#frameEnd(bytes, from);
      if (end > bytes.length) break;
      yield bytes.subarray(from + HEADER_BYTES, end);
      from = end;
    }
    this.#fill(bytes, from, bytes.length - from);
  }

  /** Where the frame that begins at `from` ends; throws when it is over the limit. */
  #frameEnd(bytes: Uint8Array, from: number): number {
    const length = (bytes[from]! * 2 ** 24) +
      (bytes[from + 1]! << 16 | bytes[from + 2]! << 8 | bytes[from + 3]!);
    if (length > this.#maxBytes) throw new FrameTooLargeError(length, this.#maxBytes);
    return from + HEADER_BYTES + length;
  }

  /** Moves bytes from `from` on until `target` bytes are pending; returns where it stopped. */
  #fill(bytes: Uint8Array, from: number, target: number): number {
    const to = Math.min(bytes.length, from + Math.max(0, target - this.#used));
    if (to === from) return from;
    this.#reserve(this.#used + to - from);
    this.#pending.set(bytes.subarray(from, to), this.#used);
    this.#used += to - from;
    return to;
  }

  #reserve(bytes: number): void {
    if (this.#pending.length >= bytes) return;
    // Grown by what has arrived, not by what is announced, and never beyond one whole frame.
    const doubled = Math.min(2 * this.#pending.length, HEADER_BYTES + this.#maxBytes);
    const grown = new Uint8Array(Math.max(bytes, doubled, 4096));
    grown.set(this.#pending.subarray(0, this.#used));
    this.#pending = grown;
  }
}
