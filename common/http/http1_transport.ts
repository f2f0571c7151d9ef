import type { Clock } from "../runtime/clock.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { type ByteStream, Http1Connection } from "./http1_connection.ts";
import { type ExchangeEnd, Http1Exchange } from "./http1_exchange.ts";
import type { HttpAnswer, HttpRequest, HttpTransport } from "./http_transport.ts";
import { followRedirects } from "./redirect.ts";
import { requestBytes } from "./request_bytes.ts";

/** Where a connection goes. */
export interface Address {
  readonly isSecure: boolean;
  /** A name or an address; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Opens a connection. Rejects with the system's word on what failed, or when `signal` aborts. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<ByteStream>;

/** What an HTTP/1.1 client needs. */
export interface Http1TransportOptions {
  readonly dial: Dial;
  readonly clock: Clock;
}

/**
 * How long a connection may stay idle before it is closed, in ms.
 *
 * Below the 5 s after which the most common servers close theirs: a request that goes out just
 * as the server closes is lost, and sending it again would hide the loss and falsify its times.
 */
const IDLE_MS = 4000;

/** So long before the server's own limit a connection is given up, in ms; or half of it before. */
const MARGIN_MS = 1000;

/** More connections than that are not opened beforehand: it would take longer than there is. */
const MOST_PREPARED = 256;

/** Nobody reads it. */
const CLOSED = "the client was closed";

/**
 * An HTTP/1.1 client: as many connections as there are requests in flight, each kept for the next.
 *
 * `fetch` does the same, but takes more than twice the processor time, and does not let anyone see
 * its connections.
 */
export class Http1Transport implements HttpTransport {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #pool: ConnectionPool<Http1Connection>;
  readonly #targets = new Map<string, Target>();
  /** How many connections are being opened beforehand, by their keys. */
  readonly #coming = new Map<string, number>();
  readonly #closed = new AbortController();

  constructor({ dial, clock }: Http1TransportOptions) {
    this.#dial = dial;
    this.#clock = clock;
    this.#pool = new ConnectionPool(clock);
  }

  request(request: HttpRequest): Promise<HttpAnswer> {
    return followRedirects(request, (one) => this.#exchange(one));
  }

  /** How many connections wait for a request. */
  get idle(): number {
    return this.#pool.size;
  }

  prepare(url: string, count: number): void {
    const target = this.#target(url);
    const { key } = target;
    const there = () => this.#pool.sizeOf(key) + (this.#coming.get(key) ?? 0);
    while (!this.#isClosed && there() < Math.min(count, MOST_PREPARED)) {
      void this.#openAhead(target);
    }
  }

  close(): void {
    this.#closed.abort(CLOSED);
    this.#pool.close();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #openAhead({ key, address }: Target): Promise<void> {
    const count = (change: number) => this.#coming.set(key, (this.#coming.get(key) ?? 0) + change);
    count(1);
    try {
      const connection = await this.#open(address, this.#closed.signal);
      this.#release(key, connection, { isReusable: true, keepAliveMs: null });
    } catch {
      // The request that needs it tries again, and says what is wrong.
    } finally {
      count(-1);
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    const { signal } = request;
    const target = this.#target(request.url);
    const pieces = requestBytes(request, target);
    signal.throwIfAborted();
    const { key } = target;
    const connection = this.#pool.take(key) ?? await this.#open(target.address, signal);
    const onAbort = () => connection.close();
    signal.addEventListener("abort", onAbort, { once: true });
    const exchange = new Http1Exchange(connection, signal, (end) => {
      signal.removeEventListener("abort", onAbort);
      this.#release(key, connection, end);
    });
    const { status, statusText, headers } = await exchange.begin(pieces);
    return {
      status,
      statusText,
      headNs: exchange.arrivedNs,
      header: (name) => headers.get(name.toLowerCase()) ?? null,
      body: exchange,
    };
  }

  async #open(address: Address, signal: AbortSignal): Promise<Http1Connection> {
    try {
      return new Http1Connection(await this.#dial(address, signal), this.#clock);
    } catch (thrown) {
      throw signal.aborted ? signal.reason : thrown;
    }
  }

  #release(key: string, connection: Http1Connection, end: ExchangeEnd): void {
    if (!end.isReusable || this.#isClosed) return connection.close();
    this.#pool.give(key, connection, idleMs(end.keepAliveMs));
  }

  /** The addresses of a run are few; those that its redirects lead to need not be. */
  #target(url: string): Target {
    const known = this.#targets.get(url);
    if (known !== undefined) return known;
    const target = targetOf(new URL(url));
    if (this.#targets.size < MAX_TARGETS) this.#targets.set(url, target);
    return target;
  }
}

function idleMs(keepAliveMs: number | null): number {
  if (keepAliveMs === null) return IDLE_MS;
  return Math.min(IDLE_MS, Math.max(keepAliveMs - MARGIN_MS, keepAliveMs / 2));
}

const MAX_TARGETS = 1000;

/** What is to be known of a URL. */
interface Target {
  readonly address: Address;
  readonly path: string;
  readonly host: string;
  /** Requests with the same one can use each other's connections. */
  readonly key: string;
}

function targetOf(url: URL): Target {
  const isSecure = url.protocol === "https:";
  if (!isSecure && url.protocol !== "http:") throw new TypeError(`${url.protocol} is not HTTP`);
  return {
    address: {
      isSecure,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (isSecure ? 443 : 80),
    },
    path: url.pathname + url.search,
    host: url.host,
    key: url.origin,
  };
}
