import type {
  ByteReader,
  HttpAnswer,
  HttpMessage,
  HttpTransport,
  ReadResult,
  ReadyRequest,
} from "../../../common/http/http_transport.ts";

/** What one read of an answer brought. */
export interface RawPiece {
  /** In ns since the run's epoch. */
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

/** Sends one request through another transport and keeps what went over the wire, both ways. */
export class ExchangeTap implements HttpTransport {
  readonly #transport: HttpTransport;
  readonly #pieces: RawPiece[] = [];
  #message: HttpMessage | null = null;

  constructor(transport: HttpTransport) {
    this.#transport = transport;
  }

  /** What was sent; null before that. */
  get sent(): HttpMessage | null {
    return this.#message;
  }

  /** What has come so far, one entry a read. */
  get pieces(): readonly RawPiece[] {
    return this.#pieces;
  }

  connectAhead(url: string, count: number): void {
    this.#transport.connectAhead(url, count);
  }

  endSession(sessionId: string): void {
    this.#transport.endSession(sessionId);
  }

  prepare(message: HttpMessage): ReadyRequest {
    const ready = this.#transport.prepare(message);
    return {
      send: (signal) => {
        this.#message = message;
        return this.#tap(ready.send(signal));
      },
    };
  }

  async #tap(answering: Promise<HttpAnswer>): Promise<HttpAnswer> {
    const answer = await answering;
    const { status, statusText, headNs, body } = answer;
    return {
      status,
      statusText,
      headNs,
      header: (name) => answer.header(name),
      body: new TappedReader(body, (piece) => this.#pieces.push(piece)),
    };
  }

  /** The transport is not its own. */
  close(): void {}
}

class TappedReader implements ByteReader {
  readonly #reader: ByteReader;
  readonly #keep: (piece: RawPiece) => void;

  constructor(reader: ByteReader, keep: (piece: RawPiece) => void) {
    this.#reader = reader;
    this.#keep = keep;
  }

  get arrivedNs(): number {
    return this.#reader.arrivedNs;
  }

  async read(): Promise<ReadResult> {
    const result = await this.#reader.read();
    // A copy, as the bytes are good until the next read only.
    if (!result.done) this.#keep({ atNs: this.arrivedNs, bytes: result.value.slice() });
    return result;
  }

  cancel(): void {
    this.#reader.cancel();
  }
}
