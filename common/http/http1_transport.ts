import type { ConnectionPlan } from "../model/connection_plan.ts";
import type { Clock } from "../runtime/clock.ts";
import { UNREAD_REASON } from "../runtime/unread_reason.ts";
import { ConnectionLine } from "./connection_line.ts";
import { ConnectionPool } from "./connection_pool.ts";
import type { Dial } from "./dial.ts";
import { Http1Connection } from "./http1_connection.ts";
import { type ExchangeEnd, Http1Exchange } from "./http1_exchange.ts";
import { ComingConnections } from "./coming_connections.ts";
import type {
  ByteReader,
  HttpAnswer,
  HttpMessage,
  HttpTransport,
  ReadyRequest,
} from "./http_transport.ts";
import { type Proxy, throughProxy } from "./proxy.ts";
import type { ReadQueue } from "./read_queue.ts";
import { followRedirects } from "./redirect.ts";
import { requestBytes } from "./request_bytes.ts";
import { type Address, type Target, targetOf } from "./target.ts";
import type { WriteGate } from "./write_gate.ts";

/** What an HTTP/1.1 client needs. */
export interface Http1TransportOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  /** `pooled` unless given. */
  readonly reuse?: ConnectionPlan["reuse"];
  /** For what is not secure; `dial` knows the way for the rest. */
  readonly proxy?: Proxy | null;
  /** Where reads wait for their turn; null, or not given: they do not. */
  readonly reads?: ReadQueue | null;
  /** What writes have to pass; null, or not given: nothing. */
  readonly gate?: WriteGate | null;
}

/**
 * How long a connection may stay idle before it is closed, in ms.
 *
 * Below the 5 s after which the most common servers close theirs: a request that goes out just
 * as the server closes is lost, and sending it again would hide the loss and falsify its times.
 */
const IDLE_MS = 4000;

/** A conversation may pause for long; only its server knows how long its connection lasts. */
const STICKY_IDLE_MS = 600_000;

/** So long before the server's own limit a connection is given up, in ms; or half of it before. */
const MARGIN_MS = 1000;

/** More connections than that are not opened beforehand: nobody waits for so long before a start. */
const MOST_PREPARED = 2000;

/**
 * An HTTP/1.1 client: as many connections as there are requests in flight, each kept for the next.
 *
 * `fetch` does the same, but takes more than twice the processor time, and does not let anyone see
 * its connections.
 */
export class Http1Transport implements HttpTransport {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #reuse: ConnectionPlan["reuse"];
  readonly #proxy: Proxy | null;
  readonly #reads: ReadQueue | null;
  readonly #gate: WriteGate | null;
  readonly #pool: ConnectionPool<Http1Connection>;
  readonly #targets = new Map<string, Target>();
  readonly #coming = new ComingConnections<Http1Connection>();
  /** null: any number may be opened at once. */
  readonly #line: ConnectionLine<Http1Connection> | null;
  readonly #closed = new AbortController();
  #openNow = 0;
  #mostOpen = 0;

  constructor(options: Http1TransportOptions) {
    const { dial, clock, reuse = "pooled", proxy = null, reads = null, gate = null } = options;
    this.#dial = dial;
    this.#clock = clock;
    this.#reuse = reuse;
    this.#proxy = proxy;
    this.#reads = reads;
    this.#gate = gate;
    const pool = this.#pool = new ConnectionPool<Http1Connection>(clock);
    this.#line = reads && new ConnectionLine({
      take: (key) => pool.take(key),
      nextTurn: () => reads.nextTurn(),
      isBehind: () => reads.isBusy,
      nowNs: () => clock.nowNs(),
    });
  }

  prepare(message: HttpMessage): ReadyRequest {
    const ready = this.#encode(message);
    return {
      send: (signal) =>
        followRedirects(
          message,
          (one) => this.#exchange(one === message ? ready : this.#encode(one), signal),
        ),
    };
  }

  /** How many connections wait for a request. */
  get idle(): number {
    return this.#pool.size;
  }

  connectAhead(url: string, count: number): void {
    // Where each request or session is to open its own, that is part of it.
    if (this.#reuse !== "pooled") return;
    const target = this.#target(url);
    const { key } = target;
    const there = () => this.#pool.sizeOf(key) + this.#coming.sizeOf(key);
    while (!this.#isClosed && there() < Math.min(count, MOST_PREPARED)) {
      void this.#openAhead(target);
    }
  }

  endSession(sessionId: string): void {
    if (this.#reuse !== "sticky-user-sessions") return;
    for (const target of this.#targets.values()) {
      this.#pool.closeKey(this.#keyOf(target, sessionId));
    }
  }

  close(): void {
    this.#closed.abort(UNREAD_REASON);
    this.#pool.close();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #openAhead({ key, address }: Target): Promise<void> {
    this.#coming.begin(key);
    try {
      const connection = await this.#open(address, this.#closed.signal);
      if (this.#coming.arrive(key, connection)) return;
      this.#release(key, connection, { isReusable: true, keepAliveMs: null });
    } catch {
      // The request that needs it tries again, and says what is wrong.
      this.#coming.arrive(key, null);
    }
  }

  #encode(message: HttpMessage): Encoded {
    const target = this.#target(message.url);
    const isOnly = this.#reuse === "never";
    const pieces = requestBytes(message, target, isOnly);
    return { message, target, isOnly, pieces, key: this.#keyOf(target, message.sessionId) };
  }

  async #exchange(encoded: Encoded, signal: AbortSignal): Promise<HttpAnswer> {
    const { message, isOnly, pieces, key } = encoded;
    signal.throwIfAborted();
    const idle = this.#takeIdle(key);
    if (idle !== null) message.onBegun?.();
    const connection = idle ?? await this.#takeOther(encoded, signal);
    if (signal.aborted) {
      this.#release(key, connection, { isReusable: true, keepAliveMs: null });
      throw signal.reason;
    }
    message.onConnection?.({ ...connection.takeOpening(), open: this.#openNow });
    const onAbort = () => connection.close();
    signal.addEventListener("abort", onAbort, { once: true });
    const exchange = new Http1Exchange(connection, signal, (end) => {
      signal.removeEventListener("abort", onAbort);
      if (isOnly) connection.close();
      else this.#release(key, connection, end);
    });
    const { status, statusText, headers } = await exchange.begin(pieces, message);
    const headNs = exchange.arrivedNs;
    const encoding = headers.get("content-encoding");
    return {
      status,
      statusText,
      headNs,
      header: (name) => headers.get(name.toLowerCase()) ?? null,
      body: encoding === undefined ? exchange : await decoded(exchange, encoding),
    };
  }

  /** Which connections may serve a request. */
  #keyOf({ key }: Target, sessionId: string | undefined): string {
    const isSticky = this.#reuse === "sticky-user-sessions" && sessionId !== undefined;
    return isSticky ? `${key} ${sessionId}` : key;
  }

  /** Not before those who wait for one. */
  #takeIdle(key: string): Http1Connection | null {
    return this.#line !== null && this.#line.size > 0 ? null : this.#pool.take(key);
  }

  /** Where none is idle: one that is coming, one that becomes idle in time, or a new one. */
  async #takeOther(encoded: Encoded, signal: AbortSignal): Promise<Http1Connection> {
    const { message, target, key } = encoded;
    const coming = this.#coming.take(key, signal);
    if (coming !== null) message.onBegun?.();
    const connection = await coming ?? await this.#takeTurn(encoded, signal);
    if (coming === null) message.onBegun?.();
    return connection ?? await this.#open(target.address, signal);
  }

  /** Null when a connection is to be opened. */
  async #takeTurn(
    { key, message }: Encoded,
    signal: AbortSignal,
  ): Promise<Http1Connection | null> {
    if (this.#line === null || this.#line.mayOpen()) return null;
    message.onHeld?.();
    const connection = await this.#line.wait(key, signal);
    message.onHeldUp?.();
    return connection;
  }

  async #open(address: Address, signal: AbortSignal): Promise<Http1Connection> {
    try {
      const startNs = this.#clock.nowNs();
      const stream = await this.#dial(address, signal);
      const openedInNs = this.#clock.nowNs() - startNs;
      // There were as many before, so one of them has been closed.
      const isReplacement = ++this.#openNow <= this.#mostOpen;
      this.#mostOpen = Math.max(this.#mostOpen, this.#openNow);
      const opening = { openedInNs, isReplacement };
      return new Http1Connection({
        stream,
        clock: this.#clock,
        opening,
        reads: this.#reads,
        gate: this.#gate,
        onClose: () => this.#openNow--,
      });
    } catch (thrown) {
      throw signal.aborted ? signal.reason : thrown;
    }
  }

  #release(key: string, connection: Http1Connection, end: ExchangeEnd): void {
    if (!end.isReusable || this.#isClosed) return connection.close();
    const mostMs = this.#reuse === "sticky-user-sessions" ? STICKY_IDLE_MS : IDLE_MS;
    this.#pool.give(key, connection, idleMs(end.keepAliveMs, mostMs));
  }

  /** The addresses of a run are few; those that its redirects lead to need not be. */
  #target(url: string): Target {
    const known = this.#targets.get(url);
    if (known !== undefined) return known;
    const direct = targetOf(url);
    const target = this.#proxy === null ? direct : throughProxy(direct, this.#proxy);
    if (this.#targets.size < MAX_TARGETS) this.#targets.set(url, target);
    return target;
  }
}

/** A request as it goes over the wire, and where. */
interface Encoded {
  readonly message: HttpMessage;
  readonly target: Target;
  /** Its connection is for nothing else. */
  readonly isOnly: boolean;
  readonly pieces: Uint8Array<ArrayBuffer>[];
  /** Which connections may serve it. */
  readonly key: string;
}

async function decoded(exchange: Http1Exchange, encoding: string): Promise<ByteReader> {
  try {
    const { decodedBody } = await import("./decoded_body.ts");
    return await decodedBody(exchange, encoding);
  } catch (thrown) {
    exchange.cancel();
    throw thrown;
  }
}

function idleMs(keepAliveMs: number | null, mostMs: number): number {
  if (keepAliveMs === null) return mostMs;
  return Math.min(mostMs, Math.max(keepAliveMs - MARGIN_MS, keepAliveMs / 2));
}

const MAX_TARGETS = 1000;
