import type * as zlib from "node:zlib";
import { HttpSyntaxError } from "./http_error.ts";
import type { ByteReader, ReadResult } from "./http_transport.ts";

type Unpacker = ReturnType<typeof zlib.createGunzip>;

/**
 * A body without the compression that `encoding`, the value of `Content-Encoding`, names.
 *
 * We ask servers not to compress; some do so nevertheless. Throws HttpSyntaxError for an encoding
 * that is unknown.
 */
export async function decodedBody(body: ByteReader, encoding: string): Promise<ByteReader> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import("node:zlib");
  const makers: Readonly<Record<string, () => unknown>> = {
    "gzip": createGunzip,
    "x-gzip": createGunzip,
    "deflate": createInflate,
    "br": createBrotliDecompress,
  };
  let decoded = body;
  // The last one named was applied last.
  for (const name of encoding.toLowerCase().split(",").map((one) => one.trim()).reverse()) {
    if (name === "identity" || name === "") continue;
    const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
    if (make === undefined) throw new HttpSyntaxError("an unknown Content-Encoding");
    decoded = new DecodedBody(decoded, make() as Unpacker);
  }
  return decoded;
}

/**
 * So much is unpacked at once: it may become a thousand times as much, which is to be neither in memory
 * nor in the way of what else there is to do.
 */
const MOST_AT_ONCE_BYTES = 4096;

/** Hands out what the unpacker makes of each network read, at once; of a large one in parts. */
class DecodedBody implements ByteReader {
  readonly #body: ByteReader;
  readonly #unpacker: Unpacker;
  /** What is still to be unpacked of a network read. */
  #packed = new Uint8Array();
  #pieces: Uint8Array[] = [];
  #hasBytes = false;
  #hasFailed = false;
  /** What is packed has come to its own end; what still follows belongs to nothing. */
  #isWhole = false;
  /** Who waits for the unpacker. */
  #waiter: { readonly succeed: () => void; readonly fail: () => void } | null = null;
  #isOver = false;

  constructor(body: ByteReader, unpacker: Unpacker) {
    this.#body = body;
    this.#unpacker = unpacker;
    // It may come when nobody waits, just after a write that was fine.
    unpacker.on("error", () => {
      this.#hasFailed = true;
      this.#waiter?.fail();
    });
    // It may come in the middle of a write, which is then never said to be done.
    unpacker.on("end", () => {
      this.#isWhole = true;
      this.#waiter?.succeed();
    });
    unpacker.on("data", (piece: Uint8Array) => this.#pieces.push(piece));
  }

  get arrivedNs(): number {
    return this.#body.arrivedNs;
  }

  async read(): Promise<ReadResult> {
    while (!this.#isOver) {
      const part = await this.#nextPart();
      if (part === null) this.#isOver = true;
      // A status that has no body may have a head that speaks of one.
      if (part === null && !this.#hasBytes) break;
      this.#hasBytes = true;
      await this.#unpack(part);
      const bytes = this.#taken();
      if (bytes.length > 0) return { done: false, value: bytes };
    }
    return { done: true };
  }

  cancel(): void {
    this.#isOver = true;
    this.#unpacker.destroy();
    this.#body.cancel();
  }

  /** Resolves to null at the end. */
  async #nextPart(): Promise<Uint8Array | null> {
    if (this.#packed.length === 0) {
      const { done, value } = await this.#body.read();
      if (done) return null;
      // The buffer of the read is used again before a slow unpacker is done with it.
      this.#packed = value.slice();
    }
    const part = this.#packed.subarray(0, MOST_AT_ONCE_BYTES);
    this.#packed = this.#packed.subarray(part.length);
    return part;
  }

  /** Rejects when it is not packed as the server says; null: there is no more. */
  #unpack(bytes: Uint8Array | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => {
        this.cancel();
        reject(new HttpSyntaxError("a body that is not compressed as its head says"));
      };
      if (this.#hasFailed) return fail();
      if (this.#isWhole) return resolve();
      const succeed = () => {
        this.#waiter = null;
        resolve();
      };
      this.#waiter = { succeed, fail };
      if (bytes === null) this.#unpacker.end();
      else this.#unpacker.write(bytes, succeed);
    });
  }

  #taken(): Uint8Array<ArrayBuffer> {
    const pieces = this.#pieces;
    this.#pieces = [];
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
