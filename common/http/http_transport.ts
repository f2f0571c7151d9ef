/** What is to be sent. */
export interface HttpMessage {
  readonly method: "GET" | "POST";
  /** Absolute, `http:` or `https:`, or of a Unix socket: `unix:/run/server.sock:/v1/models`. */
  readonly url: string;
  /** Without `Host` and `Content-Length`, which are the transport's; the user's `Host` wins. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  /** Names in lower case of headers that a redirect does not take to another origin. */
  readonly secretHeaders?: ReadonlySet<string>;
  /** Called when nothing in this client holds the request up any more: from now on it waits for its server. */
  readonly onBegun?: () => void;
  /** Called when the request has a connection. Not called where nobody knows. */
  readonly onConnection?: (connection: ConnectionFacts) => void;
  /** Called when this machine cannot let the request begin yet; `onHeldUp` follows, unless it is given up. */
  readonly onHeld?: () => void;
  /**
   * Called when the request begins, where that is later than `send`: because this machine could not
   * let it begin at once, or let others get ready that go out with it.
   */
  readonly onHeldUp?: () => void;
  /** Called when the whole request is with the system, or where nobody knows, when it was begun. */
  readonly onSent?: () => void;
  /** Called for each redirect, before it is followed. */
  readonly onRedirect?: (redirect: Redirect) => void;
  /** The conversation that the request belongs to, for connections that are kept by conversation. */
  readonly sessionId?: string;
}

/** A server's word that what was asked for is elsewhere. */
export interface Redirect {
  /** 301, 302, 303, 307 or 308. */
  readonly status: number;
  /** Where the request goes instead; may hold a query and credentials. */
  readonly url: string;
}

/** One HTTP request. */
export interface HttpRequest extends HttpMessage {
  /** Ends the request at any time; its connection is closed then. */
  readonly signal: AbortSignal;
}

/** A request for which all is done that can be done before it goes out. */
export interface ReadyRequest {
  /**
   * Sends it, once; resolves when the head of the final answer has come, after any redirects.
   *
   * `signal` ends the request at any time; its connection is closed then. Rejects with an `Error`
   * that says what failed below HTTP, or with the signal's reason.
   */
  send(signal: AbortSignal): Promise<HttpAnswer>;
}

/** What is known of the connection that a request got. */
export interface ConnectionFacts {
  /** How long it took to open, in ns, if no other request was on it before; else 0. */
  readonly openedInNs: number;
  /** No other request was on it before, and it was opened in place of one that had been closed. */
  readonly isReplacement: boolean;
  /** How many connections the client has now, to all servers together, this one among them. */
  readonly open: number;
}

/** The answer to a request: its head has come, its body follows. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** When the head came, in ns since the run's epoch. */
  readonly headNs: number;
  /** The value of a header, whatever the case of `name`; null without it. */
  header(name: string): string | null;
  /** To be read to its end, or cancelled: until then the request holds a connection. */
  readonly body: ByteReader;
}

/** What one read brought: bytes, or the end. */
export type ReadResult =
  | { readonly done: false; readonly value: Uint8Array<ArrayBuffer> }
  | { readonly done: true; readonly value?: undefined };

/** Reads an answer's body piece by piece. */
export interface ByteReader {
  /**
   * Resolves to the next bytes, which are good until the next call, or to the end.
   *
   * One call takes what one read of the network brings. Rejects when the connection breaks or the
   * request is aborted.
   */
  read(): Promise<ReadResult>;
  /** When the bytes of the last read came from the network, in ns since the run's epoch. */
  readonly arrivedNs: number;
  /** Gives up the rest of the body. */
  cancel(): void;
}

/** Sends HTTP requests. No request is ever sent twice, whatever becomes of its connection. */
export interface HttpTransport {
  /**
   * Does all for a request that does not need its connection, so that it leaves at once when it is
   * time. Throws a TypeError when the URL or a header cannot be used.
   */
  prepare(message: HttpMessage): ReadyRequest;
  /**
   * Sees to it that `count` requests to `url` that are soon to come find an open connection each, as
   * far as it can; what fails will fail again when it is needed, and be told then.
   */
  connectAhead(url: string, count: number): void;
  /** No request of a conversation follows: closes what is kept for it alone. */
  endSession(sessionId: string): void;
  /** Closes the idle connections, and each other one when its request is over. */
  close(): void;
}
