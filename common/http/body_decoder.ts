import { HttpSyntaxError } from "./http_error.ts";
import type { BodyFraming } from "./response_head.ts";

/** Takes the frame off a body: what is left is its content. */
export interface BodyDecoder {
  /** Whether the body is complete. */
  readonly isDone: boolean;
  /** Bytes that came after its end, and belong to nothing. */
  readonly excess: number;
  /** What is wrong with it, after what was decoded so far; nothing follows. */
  readonly mistake: HttpSyntaxError | null;
  /** The content of `bytes` from `start`, in one piece: it is moved together within `bytes`. */
  decode(bytes: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer>;
  /** The connection has ended; whether that may end the body here. */
  end(): boolean;
}

/** The decoder of a body that ends as `framing` says. */
export function bodyDecoder(framing: BodyFraming): BodyDecoder {
  if (framing.kind === "chunked") return new ChunkedBody();
  if (framing.kind === "until close") return new OpenBody();
  return new MeasuredBody(framing.kind === "length" ? framing.bytes : 0);
}

class MeasuredBody implements BodyDecoder {
  #left: number;
  excess = 0;
  readonly mistake = null;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  decode(bytes: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
    const end = Math.min(bytes.length, start + this.#left);
    this.#left -= end - start;
    this.excess += bytes.length - end;
    return bytes.subarray(start, end);
  }

  end(): boolean {
    return this.isDone;
  }
}

class OpenBody implements BodyDecoder {
  isDone = false;
  readonly excess = 0;
  readonly mistake = null;

  decode(bytes: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
    return bytes.subarray(start);
  }

  end(): boolean {
    this.isDone = true;
    return true;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const SEMICOLON = 0x3b;

/** More than any extension or trailer needs. */
const MAX_LINE_BYTES = 16 * 1024;
const MAX_TRAILER_BYTES = 64 * 1024;
/** 2^52 bytes: what a number can count exactly. */
const MAX_SIZE_DIGITS = 13;

type ChunkState = "size" | "extension" | "data" | "data end" | "data LF" | "trailer" | "done";

/** A body in chunks (RFC 9112, section 7.1); extensions and trailers are read over. */
class ChunkedBody implements BodyDecoder {
  excess = 0;
  mistake: HttpSyntaxError | null = null;
  #state: ChunkState = "size";
  #size = 0;
  #digits = 0;
  /** Of the chunk that is being read. */
  #left = 0;
  #lineBytes = 0;
  #trailerBytes = 0;

  get isDone(): boolean {
    return this.#state === "done";
  }

  decode(bytes: Uint8Array<ArrayBuffer>, start: number): Uint8Array<ArrayBuffer> {
    let from = start;
    let to = start;
    let at = start;
    while (at < bytes.length && this.#state !== "done" && this.mistake === null) {
      if (this.#state !== "data") {
        this.#frameByte(bytes[at++]!);
        continue;
      }
      const length = Math.min(this.#left, bytes.length - at);
      if (to === from) from = to = at;
      else bytes.copyWithin(to, at, at + length);
      to += length;
      at += length;
      this.#left -= length;
      if (this.#left === 0) this.#state = "data end";
    }
    if (this.isDone) this.excess += bytes.length - at;
    return bytes.subarray(from, to);
  }

  end(): boolean {
    return this.isDone;
  }

  #frameByte(byte: number): void {
    if (this.#state === "size") this.#sizeByte(byte);
    else if (this.#state === "extension") this.#extensionByte(byte);
    else if (this.#state === "trailer") this.#trailerByte(byte);
    else if (byte === LF) this.#state = "size";
    else if (byte === CR && this.#state === "data end") this.#state = "data LF";
    else this.#fail("a chunk that is longer than its size");
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > MAX_SIZE_DIGITS) {
        this.#fail("a chunk of a size beyond measure");
      }
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits === 0) {
      this.#fail("a chunk without a size");
    } else if (byte === LF) {
      this.#beginData();
    } else if (byte === CR || byte === SPACE || byte === TAB || byte === SEMICOLON) {
      this.#state = "extension";
    } else {
      this.#fail("a chunk size that is none");
    }
  }

  #extensionByte(byte: number): void {
    if (byte === LF) this.#beginData();
    else if (++this.#lineBytes > MAX_LINE_BYTES) {
      this.#fail("a chunk with an endless extension");
    }
  }

  #beginData(): void {
    this.#state = this.#size === 0 ? "trailer" : "data";
    this.#left = this.#size;
    this.#size = this.#digits = this.#lineBytes = 0;
  }

  #fail(what: string): void {
    this.mistake = new HttpSyntaxError(what);
  }

  /** The body ends with the first empty line. */
  #trailerByte(byte: number): void {
    if (++this.#trailerBytes > MAX_TRAILER_BYTES) this.#fail("endless trailers");
    if (byte === LF) {
      if (this.#lineBytes === 0) this.#state = "done";
      this.#lineBytes = 0;
    } else if (byte !== CR) {
      this.#lineBytes++;
    }
  }
}

/** -1 for what is no hexadecimal digit. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
