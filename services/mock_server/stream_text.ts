import type { StreamShape } from "./apis/api.ts";
import type { ApiError } from "./apis/api_error.ts";
import { byteLength, httpChunk, LAST_CHUNK, streamHead } from "./http_response.ts";
import { wordAt, wordsBetween } from "./mock_text.ts";

/**
 * The pieces of a streamed answer, as text ready for the socket.
 *
 * Each event is an HTTP chunk of its own, as from servers that flush after each token. What is the same
 * for all tokens of an answer is put together once, so that a token costs one concatenation.
 */
export class StreamText {
  readonly #shape: StreamShape;
  readonly #keepAlive: boolean;
  /** Tokens in one event. */
  readonly #chunkTokens: number;
  /** Chunk size and start of a token's event, by the length of its word. */
  readonly #tokenHeads: string[] = [];
  /** Bytes of a token's event without its word. */
  readonly #bareBytes: number;
  readonly #tokenTail: string;

  constructor(shape: StreamShape, { keepAlive = true, chunkTokens = 1 } = {}) {
    this.#shape = shape;
    this.#keepAlive = keepAlive;
    this.#chunkTokens = chunkTokens;
    this.#bareBytes = byteLength(shape.tokenHead) + byteLength(shape.tokenTail);
    this.#tokenTail = `${shape.tokenTail}\r\n`;
  }

  /** Status line, headers and the events that go out at once. */
  opening(): string {
    const { contentType, opening } = this.#shape;
    return streamHead(contentType, this.#keepAlive) + opening.map(httpChunk).join("");
  }

  /** The events of tokens `from` (included) to `to` (not included); no chunk begins before `from`. */
  tokens(from: number, to: number): string {
    if (this.#chunkTokens > 1 || this.#shape.tokenTailAt) return this.#chunks(from, to);
    let text = "";
    for (let k = from; k < to; k++) {
      const word = wordAt(k);
      text += (this.#tokenHeads[word.length] ??= this.#tokenHead(word.length)) + word +
        this.#tokenTail;
    }
    return text;
  }

  #chunks(from: number, to: number): string {
    const { tokenHead, tokenTail } = this.#shape;
    let text = "";
    for (let start = from; start < to; start += this.#chunkTokens) {
      const end = Math.min(start + this.#chunkTokens, to);
      const tail = this.#shape.tokenTailAt?.(end) ?? tokenTail;
      text += httpChunk(tokenHead + wordsBetween(start, end) + tail);
    }
    return text;
  }

  /** What follows the last token, and the end of the body. */
  closing(): string {
    return this.#shape.closing().map(httpChunk).join("") + LAST_CHUNK;
  }

  /** An error and the end of the body, in place of everything else that would follow. */
  failure(error: ApiError): string {
    return this.#shape.failure(error).map(httpChunk).join("") + LAST_CHUNK;
  }

  #tokenHead(wordBytes: number): string {
    return `${(this.#bareBytes + wordBytes).toString(16)}\r\n${this.#shape.tokenHead}`;
  }
}
