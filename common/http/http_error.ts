/** The peer does not speak HTTP/1.1 at all. */
export class NotHttpError extends Error {
  override readonly name = "NotHttpError";

  constructor() {
    super("the answer is not HTTP/1.1");
  }
}

/** The peer makes a mistake in HTTP/1.1 that nobody can read past; the message names it. */
export class HttpSyntaxError extends Error {
  override readonly name = "HttpSyntaxError";
}

/** The connection ended before the answer was complete; the cause tells how, if it was no proper end. */
export class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
  /** Whether the answer had begun. */
  readonly isMidAnswer: boolean;

  constructor(isMidAnswer: boolean, cause?: unknown) {
    super(
      isMidAnswer
        ? "the connection broke in the middle of the answer"
        : "the server closed the connection before it answered",
      { cause },
    );
    this.isMidAnswer = isMidAnswer;
  }
}

/** The server sends the request on and on, or to a place where it cannot go. */
export class RedirectError extends Error {
  override readonly name = "RedirectError";
  readonly type: "TooManyRedirects" | "BadRedirect";

  constructor(type: RedirectError["type"]) {
    super(
      type === "TooManyRedirects"
        ? "the server redirects for ever"
        : "the server redirects to a place that is none",
    );
    this.type = type;
  }
}

/** The proxy does not let the request through; the message completes "the proxy …". */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}
