import type { WorkQueue } from "../../common/runtime/work_queue.ts";
import { ApiError, errorJson } from "./apis/api_error.ts";
import type { Deadline, DeadlineQueue } from "./deadline_queue.ts";
import { HttpRequestParser, HttpSyntaxError } from "./http_request.ts";
import type { Reply } from "./reply.ts";
import { refusalReply, type Router } from "./router.ts";

/** The part of `Deno.Conn` that a connection needs. */
export interface ByteStream {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** What all connections of a server share. */
export interface ConnectionContext {
  readonly router: Router;
  readonly deadlines: DeadlineQueue;
  /** Where what has been read waits for its work. */
  readonly reads: WorkQueue;
  /** Milliseconds since 1970, with fractions. */
  nowMs(): number;
  /** Called when a connection brings what is no request, with what it is told. */
  onRefused(reason: string): void;
  /** Called once, when a connection has been closed. */
  onClose(connection: Connection): void;
}

const READ_BYTES = 16 * 1024;
const MAX_PIPELINED = 256;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * One client connection: reads requests, writes their replies in order.
 *
 * It reads on while it writes, so that it notices at once when the client goes away. At most one write is
 * under way; what becomes due in the meantime goes out with the next one, so a slow reader costs no memory.
 */
export class Connection implements Deadline {
  dueMs = 0;
  readonly #stream: ByteStream;
  readonly #context: ConnectionContext;
  readonly #parser = new HttpRequestParser();
  readonly #waiting: Reply[] = [];
  #reply: Reply | null = null;
  #isWriting = false;
  #isQueued = false;
  #isClosed = false;
  #roomMade: (() => void) | null = null;

  constructor(stream: ByteStream, context: ConnectionContext) {
    this.#stream = stream;
    this.#context = context;
  }

  /** Reads requests until the connection is closed or sends what is no request; never rejects. */
  async run(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      let isReadable = true;
      while (isReadable) {
        const count = await this.#stream.read(buffer);
        const readMs = this.#context.nowMs();
        if (count === null) return this.close();
        isReadable = await this.#workOn(buffer.subarray(0, count), readMs);
        while (this.#waiting.length >= MAX_PIPELINED) {
          await new Promise<void>((resolve) => this.#roomMade = resolve);
        }
      }
    } catch {
      // A reset connection ends like a closed one.
      this.close();
    }
  }

  /** Ends the connection now; replies that have not ended count as aborted. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const nowMs = this.#context.nowMs();
    for (const reply of [this.#reply, ...this.#waiting]) reply?.abort(nowMs);
    this.#reply = null;
    this.#waiting.length = 0;
    this.#roomMade?.();
    this.#stream.close();
    this.#context.onClose(this);
  }

  onDue(): void {
    this.#isQueued = false;
    this.#advance();
  }

  /**
   * Waits for the work on what was read, which must not change until then; false if nothing after it
   * is to be read.
   */
  #workOn(bytes: Uint8Array, readMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#context.reads.add(() => {
        try {
          resolve(!this.#isClosed && this.#parse(bytes, readMs));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Makes replies for all complete requests; false if nothing after them can be understood. */
  #parse(bytes: Uint8Array, readMs: number): boolean {
    let isReadable = true;
    try {
      this.#parser.push(bytes);
      for (let request = this.#parser.next(); request !== null; request = this.#parser.next()) {
        this.#waiting.push(this.#context.router.route(request, readMs));
      }
      if (this.#parser.takeContinue()) this.#sayContinue();
    } catch (error) {
      if (!(error instanceof HttpSyntaxError)) throw error;
      this.#context.onRefused(error.message);
      const refusal = new ApiError(error.status, error.message);
      this.#waiting.push(refusalReply(refusal, {
        dueMs: readMs,
        keepAlive: false,
        headOnly: false,
        logged: null,
        body: errorJson(refusal),
      }));
      isReadable = false;
    }
    this.#advance();
    return isReadable;
  }

  /** Writes what is due, or waits until something is. */
  #advance(): void {
    if (this.#isClosed || this.#isWriting || this.#isQueued) return;
    const reply = this.#reply ??= this.#nextReply();
    if (reply === null) return;
    const nowMs = this.#context.nowMs();
    if (reply.dueMs > nowMs) {
      this.dueMs = reply.dueMs;
      this.#isQueued = true;
      this.#context.deadlines.add(this);
      return;
    }
    const bytes = reply.take(nowMs);
    this.#isWriting = true;
    reply.written(this.#context.nowMs());
    void this.#write(bytes, reply);
  }

  #nextReply(): Reply | null {
    const next = this.#waiting.shift() ?? null;
    if (this.#roomMade !== null && this.#waiting.length < MAX_PIPELINED) {
      this.#roomMade();
      this.#roomMade = null;
    }
    return next;
  }

  async #write(bytes: Uint8Array, reply: Reply | null): Promise<void> {
    try {
      let written = await this.#stream.write(bytes);
      while (written < bytes.length) written += await this.#stream.write(bytes.subarray(written));
    } catch {
      return this.close();
    }
    this.#isWriting = false;
    if (reply?.done) {
      this.#reply = null;
      if (reply.close) return this.close();
    }
    this.#advance();
  }

  /** Only while nothing else is to be written; a client that is not told goes on after a while. */
  #sayContinue(): void {
    if (this.#isWriting || this.#reply !== null || this.#waiting.length > 0) return;
    this.#isWriting = true;
    void this.#write(CONTINUE, null);
  }
}
