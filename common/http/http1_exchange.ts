import { ConnectionClosedError } from "./http_error.ts";
import type { Http1Connection } from "./http1_connection.ts";
import type { ByteReader, HttpMessage, ReadResult } from "./http_transport.ts";
import type { ResponseHead } from "./response_head.ts";
import { ResponseParser } from "./response_parser.ts";

/** What becomes of the connection when an exchange is over. */
export type ExchangeEnd =
  | { readonly isReusable: false }
  | { readonly isReusable: true; readonly keepAliveMs: number | null };

const END: Promise<ReadResult> = Promise.resolve({ done: true });

/**
 * One request and its answer on a connection that is theirs alone until `onOver` is called.
 *
 * It is called exactly once: when the end of the answer has been read, when the rest is given up,
 * or when something breaks.
 */
export class Http1Exchange implements ByteReader {
  readonly #connection: Http1Connection;
  readonly #signal: AbortSignal;
  readonly #onOver: (end: ExchangeEnd) => void;
  readonly #parser = new ResponseParser();
  /** What the read that completed the head has brought of the body. */
  #first: Uint8Array<ArrayBuffer> | null = null;
  #isWritten = false;
  #isOver = false;

  constructor(
    connection: Http1Connection,
    signal: AbortSignal,
    onOver: (end: ExchangeEnd) => void,
  ) {
    this.#connection = connection;
    this.#signal = signal;
    this.#onOver = onOver;
  }

  get arrivedNs(): number {
    return this.#connection.arrivedNs;
  }

  /**
   * Sends the request; resolves to the head of the final answer.
   *
   * A server may answer before it has the whole request, and then need not take the rest.
   */
  async begin(
    pieces: readonly Uint8Array<ArrayBuffer>[],
    { onHeldUp, onSent }: Pick<HttpMessage, "onHeldUp" | "onSent"> = {},
  ): Promise<ResponseHead> {
    this.#connection.write(pieces, onHeldUp).then(
      () => {
        this.#isWritten = true;
        onSent?.();
      },
      () => {
        // Then the answer does not come either, or it says why.
      },
    );
    for (;;) {
      const bytes = await this.#take();
      if (bytes === null) throw this.#broken();
      const { head } = this.#parser;
      if (head === null) continue;
      if (bytes.length > 0) this.#first = bytes;
      return head;
    }
  }

  read(): Promise<ReadResult> {
    if (this.#first === null) return this.#readOn();
    const value = this.#first;
    this.#first = null;
    return Promise.resolve({ done: false, value });
  }

  cancel(): void {
    if (this.#parser.isDone) this.#finish();
    else this.#breakOff();
  }

  async #readOn(): Promise<ReadResult> {
    for (;;) {
      if (this.#parser.isDone) {
        this.#finish();
        return END;
      }
      const value = await this.#take();
      if (value === null) return END;
      if (value.length > 0) return { done: false, value };
    }
  }

  /** One network read without its frame; null at an end that is allowed. */
  async #take(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { mistake } = this.#parser;
    if (mistake !== null) {
      this.#breakOff();
      throw mistake;
    }
    if (this.#isOver) throw this.#broken();
    let bytes: Uint8Array<ArrayBuffer> | null = null;
    try {
      bytes = await this.#connection.read();
    } catch (thrown) {
      if (!isUnannouncedEnd(thrown)) throw this.#breakOff(thrown);
    }
    if (bytes === null) {
      // Some connections that we close ourselves seem to have come to a proper end.
      const mayEnd = !this.#signal.aborted && this.#parser.end();
      const error = this.#breakOff();
      if (mayEnd) return null;
      throw error;
    }
    return this.#parser.push(bytes);
  }

  #finish(): void {
    const { head, hasExcess } = this.#parser;
    const isGood = head!.isKeptOpen && !hasExcess && this.#isWritten;
    // Bytes that wait for their turn may complete an answer whose connection is closed by then.
    if (!isGood || this.#signal.aborted) this.#breakOff();
    else this.#end({ isReusable: true, keepAliveMs: head!.keepAliveMs });
  }

  /** Gives up the connection; returns what there is to say of it. */
  #breakOff(cause?: unknown): unknown {
    this.#end({ isReusable: false });
    return this.#broken(cause);
  }

  #end(end: ExchangeEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (end.isReusable) this.#connection.hasServed = true;
    this.#onOver(end);
  }

  #broken(cause?: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    const { hasServed } = this.#connection;
    return new ConnectionClosedError(this.#parser.head !== null, { hasServed, cause });
  }
}

/** Many servers end a TLS connection without the goodbye that TLS asks for. */
function isUnannouncedEnd(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "UnexpectedEof";
}
