import type { Clock } from "../runtime/clock.ts";
import type { Poolable } from "./connection_pool.ts";
import type { ConnectionFacts } from "./http_transport.ts";
import type { ReadQueue } from "./read_queue.ts";
import type { WriteGate } from "./write_gate.ts";

/** Bytes in both directions: what a connection is made of. */
export interface ByteStream {
  /** Resolves to how many bytes were put into `buffer`, or to null at the end. */
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Resolves to how many bytes were taken. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  close(): void;
}

/** Enough for the chunks of a stream; a read that fills it makes the next ones larger. */
const FIRST_BUFFER_BYTES = 4096;
const LARGE_BUFFER_BYTES = 65536;

/** How a connection was opened. */
export type Opening = Pick<ConnectionFacts, "openedInNs" | "isReplacement">;

/** What a connection is made of. */
export interface Http1ConnectionOptions {
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly opening: Opening;
  /** Where reads wait for their turn; null: they do not. */
  readonly reads: ReadQueue | null;
  /** What writes have to pass; null: nothing. */
  readonly gate: WriteGate | null;
  /** Called once. */
  readonly onClose: () => void;
}

const OPEN_ALREADY: Opening = { openedInNs: 0, isReplacement: false };

/**
 * One connection to a server: writes whole requests and reads into a buffer of its own.
 *
 * While nobody uses it, a read waits for its end; when a request goes out before that, the same
 * read takes the start of the answer.
 */
export class Http1Connection implements Poolable {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #reads: ReadQueue | null;
  readonly #gate: WriteGate | null;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  /** The read that was begun while the connection was idle. */
  #waiting: Promise<number | null> | null = null;
  #isClosed = false;
  #arrivedNs = 0;
  readonly #onClose: () => void;
  #opening: Opening;
  /** Whether a whole answer has come over it. */
  hasServed = false;

  constructor({ stream, clock, opening, reads, gate, onClose }: Http1ConnectionOptions) {
    this.#stream = stream;
    this.#clock = clock;
    this.#reads = reads;
    this.#gate = gate;
    this.#opening = opening;
    this.#onClose = onClose;
  }

  /** How it was opened, for the first who asks; for all others it was open already. */
  takeOpening(): Opening {
    const opening = this.#opening;
    this.#opening = OPEN_ALREADY;
    return opening;
  }

  /** When the last read resolved, in ns since the run's epoch. */
  get arrivedNs(): number {
    return this.#arrivedNs;
  }

  /**
   * Resolves when all bytes are with the system. `onHeldUp`: called just before the first is, if the
   * gate was shut.
   */
  write(pieces: readonly Uint8Array<ArrayBuffer>[], onHeldUp?: () => void): Promise<void> {
    const gate = this.#gate;
    if (gate === null) return this.#write(pieces);
    return gate.pass(() => this.#write(pieces), onHeldUp);
  }

  async #write(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    for (const piece of pieces) {
      let sent = await this.#stream.write(piece);
      while (sent < piece.length) sent += await this.#stream.write(piece.subarray(sent));
    }
  }

  /** Resolves to the bytes of one network read, good until the next one, or to null at the end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const reading = this.#waiting ?? this.#stream.read(this.#buffer);
    this.#waiting = null;
    const count = await reading;
    this.#arrivedNs = this.#clock.nowNs();
    if (this.#reads !== null) await this.#reads.turn();
    if (count === null) return null;
    const bytes = this.#buffer.subarray(0, count);
    if (count === FIRST_BUFFER_BYTES) this.#buffer = new Uint8Array(LARGE_BUFFER_BYTES);
    return bytes;
  }

  whenUseless(): Promise<void> {
    this.#waiting = this.#stream.read(this.#buffer);
    return this.#waiting.then(ignore, ignore);
  }

  /** Ends what is being read or written, too. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    this.#stream.close();
  }
}

function ignore(): void {}
