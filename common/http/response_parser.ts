import { type BodyDecoder, bodyDecoder } from "./body_decoder.ts";
import { HttpSyntaxError, NotHttpError } from "./http_error.ts";
import { parseHead, type ResponseHead } from "./response_head.ts";

const LF = 0x0a;
const CR = 0x0d;

/** More than any server needs, cookies and all. */
const MAX_HEAD_BYTES = 64 * 1024;

/** More than any server needs. */
const MAX_INTERIM = 100;

const PREFIX = new TextEncoder().encode("HTTP/1.");
const decoder = new TextDecoder("latin1");
const NOTHING = new Uint8Array(0);

/**
 * Reads the answer to one HTTP/1.1 request from bytes as they come from the network.
 *
 * Interim answers (1xx) are read over. What is no HTTP is told at its first byte, as a server that
 * waits for TLS, or speaks something else, may never send a second line.
 */
export class ResponseParser {
  #head: ResponseHead | null = null;
  #body: BodyDecoder | null = null;
  #mistake: Error | null = null;
  #interim = 0;
  /** The bytes of a head whose end has not come yet. */
  #kept: Uint8Array<ArrayBuffer> = NOTHING;

  /** The head of the final answer; null until it is complete. */
  get head(): ResponseHead | null {
    return this.#head;
  }

  /** Whether the answer is complete. */
  get isDone(): boolean {
    return this.#body?.isDone ?? false;
  }

  /** Whether the server has sent more than its answer: then nobody knows what comes next. */
  get hasExcess(): boolean {
    return (this.#body?.excess ?? 0) > 0;
  }

  /** What is wrong with the answer, after what was read of it so far; nothing follows. */
  get mistake(): Error | null {
    return this.#mistake ?? this.#body?.mistake ?? null;
  }

  /**
   * Takes in what one network read brought; what it holds of the body comes back in one piece,
   * which shares the memory of `bytes`.
   */
  push(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#body !== null) return this.#body.decode(bytes, 0);
    const all = this.#kept.length === 0 ? bytes : joined(this.#kept, bytes);
    this.#kept = NOTHING;
    try {
      return this.#readHeads(all);
    } catch (thrown) {
      this.#mistake = thrown as Error;
      return NOTHING;
    }
  }

  /** The connection has ended; whether the answer is complete with that. */
  end(): boolean {
    return this.#body?.end() ?? false;
  }

  #readHeads(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let start = 0;
    for (;;) {
      checkPrefix(bytes, start);
      const end = headEnd(bytes, start);
      if ((end ?? bytes.length) - start > MAX_HEAD_BYTES) {
        throw new HttpSyntaxError(`a head of more than ${MAX_HEAD_BYTES / 1024} KiB`);
      }
      if (end === null) {
        this.#kept = bytes.slice(start);
        return NOTHING;
      }
      const text = decoder.decode(bytes.subarray(start, end));
      const head = parseHead(text.replace(/(?:\r?\n){2}$/, ""));
      start = end;
      if (head.status === 101) throw new HttpSyntaxError("a change of protocol that nobody wants");
      if (head.status < 200) {
        if (++this.#interim > MAX_INTERIM) throw new HttpSyntaxError("endless interim answers");
        continue;
      }
      this.#head = head;
      this.#body = bodyDecoder(head.framing);
      return this.#body.decode(bytes, start);
    }
  }
}

function joined(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function checkPrefix(bytes: Uint8Array, start: number): void {
  const length = Math.min(PREFIX.length, bytes.length - start);
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== PREFIX[i]) throw new NotHttpError();
  }
}

/** Where the head ends, its empty line included; null when the end has not come. */
function headEnd(bytes: Uint8Array, start: number): number | null {
  for (let at = bytes.indexOf(LF, start); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return null;
}
