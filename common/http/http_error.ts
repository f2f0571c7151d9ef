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
  /**
   * Whether the answer had not begun, but an earlier one had come over the connection: the server may
   * have closed it for being idle, just as the request went out.
   */
  readonly isReused: boolean;

  constructor(
    isMidAnswer: boolean,
    { hasServed = false, cause }: { hasServed?: boolean; cause?: unknown } = {},
  ) {
    super(closedMessage(isMidAnswer, hasServed), { cause });
    this.isMidAnswer = isMidAnswer;
    this.isReused = hasServed && !isMidAnswer;
  }
}

function closedMessage(isMidAnswer: boolean, hasServed: boolean): string {
  if (isMidAnswer) return "the connection broke in the middle of the answer";
  return `the server closed ${hasServed ? "a reused" : "the"} connection before it answered`;
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
