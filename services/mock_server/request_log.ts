/** What the server knows of one request to a model endpoint. All instants are milliseconds since 1970. */
export interface LoggedRequest {
  /** Counts the requests received, from 0. */
  readonly index: number;
  /** The client's `X-Request-ID`; null if it sent none. */
  readonly requestId: string | null;
  readonly path: string;
  /** HTTP status given; 0 before anything was written. */
  readonly status: number;
  readonly stream: boolean;
  readonly outcome: "open" | "finished" | "aborted" | "error";
  /** When the read that completed the request returned, before it was parsed. */
  readonly receivedMs: number;
  /** Just before the first bytes of the answer were given to the socket (headers, role-only event). */
  readonly firstWriteMs: number | null;
  /** Just before each content token was given to the socket; one entry a token, empty if not streamed. */
  readonly tokenWriteMs: readonly number[];
  /** Just before the last bytes were given to the socket, or when the client was seen to be gone. */
  readonly endMs: number | null;
  readonly promptTokens: number;
  /** Tokens written so far. */
  readonly outputTokens: number;
  /** Requests being served when the work on this one began, itself included. */
  readonly inFlight: number;
}

/** Counters since the server started or the log was cleared; received = inFlight + all the ends. */
export interface MockStats {
  readonly received: number;
  readonly finished: number;
  /** The client went away before the end. */
  readonly aborted: number;
  /** Refused, failed on purpose or cut off on purpose. */
  readonly errors: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Requests that the log no longer holds for want of room. */
  readonly dropped: number;
}

/** A part of the log. */
export interface LogPage {
  readonly requests: readonly LoggedRequest[];
  /** Where the next page begins. */
  readonly next: number;
  readonly stats: MockStats;
}

/** How a request came. */
export interface Arrival {
  readonly requestId: string | null;
  readonly path: string;
  readonly receivedMs: number;
}

/** Room of a {@linkcode RequestLog}. */
export interface LogLimits {
  readonly maxRequests: number;
  readonly maxTokens: number;
}

/** Shared by all entries without token times: a typed array costs more than the rest of an entry. */
const NO_TIMES = new Uint32Array(0);

/** The log's entry of a request that is being served. */
export class LogEntry implements Arrival {
  readonly index: number;
  readonly inFlight: number;
  readonly requestId: string | null;
  readonly path: string;
  readonly receivedMs: number;
  status = 0;
  stream = false;
  promptTokens = 0;
  outputTokens = 0;
  outcome: LoggedRequest["outcome"] = "open";
  firstWriteMs: number | null = null;
  endMs: number | null = null;
  /** Microseconds after `receivedMs`, a third of what plain numbers would take. */
  tokenUs = NO_TIMES;

  constructor(arrival: Arrival, place: { index: number; inFlight: number }) {
    this.requestId = arrival.requestId;
    this.path = arrival.path;
    this.receivedMs = arrival.receivedMs;
    this.index = place.index;
    this.inFlight = place.inFlight;
  }

  /** Notes that bytes go to the socket now, the next `tokens` content tokens among them. */
  wrote(atMs: number, tokens: number): void {
    this.firstWriteMs ??= atMs;
    if (this.stream) {
      const offsetUs = Math.round((atMs - this.receivedMs) * 1000);
      this.tokenUs.fill(offsetUs, this.outputTokens, this.outputTokens + tokens);
    }
    this.outputTokens += tokens;
  }

  /** The entry as clients of the log see it. */
  view(): LoggedRequest {
    const { index, requestId, path, status, stream, outcome, receivedMs, firstWriteMs } = this;
    const { endMs, promptTokens, outputTokens, inFlight } = this;
    const count = stream ? outputTokens : 0;
    const tokenWriteMs = Array.from(
      this.tokenUs.subarray(0, count),
      (us) => receivedMs + us / 1000,
    );
    const times = { receivedMs, firstWriteMs, tokenWriteMs, endMs };
    const counts = { promptTokens, outputTokens, inFlight };
    return { index, requestId, path, status, stream, outcome, ...times, ...counts };
  }
}

/** The true times of the latest requests, in bounded memory, and counters of all of them. */
export class RequestLog {
  readonly #limits: LogLimits;
  #entries: LogEntry[] = [];
  /** Position in `#entries` of the oldest one kept; what is before is cleared in bulk. */
  #oldest = 0;
  #tokens = 0;
  #nextIndex = 0;
  #received = 0;
  #dropped = 0;
  #ends = { finished: 0, aborted: 0, error: 0 };
  #inFlight = 0;
  #maxInFlight = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** A request has come. */
  begin(arrival: Arrival): LogEntry {
    this.#received++;
    this.#inFlight++;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    const entry = new LogEntry(arrival, { index: this.#nextIndex++, inFlight: this.#inFlight });
    this.#entries.push(entry);
    this.#drop();
    return entry;
  }

  /** The request is understood: `tokens` times will be noted if the answer is a stream. */
  expect(
    entry: LogEntry,
    request: { stream: boolean; tokens: number; promptTokens: number },
  ): void {
    entry.stream = request.stream;
    entry.promptTokens = request.promptTokens;
    if (!request.stream) return;
    entry.tokenUs = new Uint32Array(request.tokens);
    this.#tokens += request.tokens;
    this.#drop();
  }

  /** The answer has ended; only the first end of an entry counts. */
  end(entry: LogEntry, outcome: "finished" | "aborted" | "error", atMs: number): void {
    if (entry.outcome !== "open") return;
    entry.outcome = outcome;
    entry.endMs = atMs;
    this.#inFlight--;
    this.#ends[outcome]++;
  }

  /** Entries with index `from` and above, at most `limit` of them, oldest first. */
  page(from = 0, limit = Infinity): LogPage {
    const found = this.#entries.findIndex((entry, at) => at >= this.#oldest && entry.index >= from);
    const entries = found < 0 ? [] : this.#entries.slice(found, found + limit);
    const requests = entries.map((entry) => entry.view());
    return { requests, next: (requests.at(-1)?.index ?? from - 1) + 1, stats: this.stats() };
  }

  /** Counters since the start or the last {@linkcode clear}. */
  stats(): MockStats {
    return {
      received: this.#received,
      finished: this.#ends.finished,
      aborted: this.#ends.aborted,
      errors: this.#ends.error,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      dropped: this.#dropped,
    };
  }

  /** Forgets all requests but those being served, which count as received. Indexes go on. */
  clear(): void {
    this.#entries = this.#entries.slice(this.#oldest).filter((entry) => entry.outcome === "open");
    this.#oldest = 0;
    this.#tokens = this.#entries.reduce((sum, entry) => sum + entry.tokenUs.length, 0);
    this.#ends = { finished: 0, aborted: 0, error: 0 };
    this.#received = this.#maxInFlight = this.#inFlight;
    this.#dropped = 0;
  }

  #drop(): void {
    const { maxRequests, maxTokens } = this.#limits;
    // The newest entry is always kept.
    while (
      this.#entries.length - this.#oldest > 1 &&
      (this.#entries.length - this.#oldest > maxRequests || this.#tokens > maxTokens)
    ) {
      this.#tokens -= this.#entries[this.#oldest++]!.tokenUs.length;
      this.#dropped++;
    }
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}
