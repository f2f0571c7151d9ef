/** Enough for the chunks of a stream; a read that fills it makes the next ones larger. */
const FIRST_BUFFER_BYTES = 4096;
const LARGE_BUFFER_BYTES = 65536;

/** What one read brought: bytes, or the end. */
export type ReadResult =
  | { done: false; value: Uint8Array<ArrayBuffer> }
  | { done: true; value?: Uint8Array<ArrayBuffer> | undefined };

/** Reads a response's body piece by piece. */
export interface ByteReader {
  /**
   * Resolves to the next bytes, or to the end. Rejects when the connection breaks or the request is
   * aborted. The promise is the stream's own, so that nothing comes between it and the clock.
   */
  read(): Promise<ReadResult>;
  /** Gives bytes that `read` brought back, to be overwritten by the next read. */
  recycle(bytes: Uint8Array<ArrayBuffer>): void;
  /** Gives up the rest of the body. */
  cancel(): void;
}

/**
 * A reader of `body`; of nothing when it is null.
 *
 * It reads into a buffer of its own, over and over, where the body allows it: the runtime
 * otherwise takes 64 KiB for each read, which costs twice the CPU time per chunk (63 against 32 µs)
 * and, at 400 streams, 225 MB of memory instead of 89.
 */
export function readBytes(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): ByteReader {
  if (body === null) return EMPTY;
  const reader = byobReader(body);
  return reader === null ? new PlainReader(body.getReader()) : new RecyclingReader(reader);
}

const EMPTY: ByteReader = {
  read: () => Promise.resolve({ done: true }),
  recycle: () => {},
  cancel: () => {},
};

/** null when the body cannot be read into our own buffer, as those made by hand in tests. */
function byobReader(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

class RecyclingReader implements ByteReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(FIRST_BUFFER_BYTES);

  constructor(reader: ReadableStreamBYOBReader) {
    this.#reader = reader;
  }

  read(): Promise<ReadResult> {
    return this.#reader.read(new Uint8Array(this.#buffer)) as Promise<ReadResult>;
  }

  recycle(bytes: Uint8Array<ArrayBuffer>): void {
    this.#buffer = bytes.length === FIRST_BUFFER_BYTES
      ? new ArrayBuffer(LARGE_BUFFER_BYTES)
      : bytes.buffer;
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }
}

class PlainReader implements ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
    this.#reader = reader;
  }

  read(): Promise<ReadResult> {
    return this.#reader.read();
  }

  recycle(): void {}

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }
}
