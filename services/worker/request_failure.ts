import {
  ConnectionClosedError,
  HttpSyntaxError,
  NotHttpError,
  ProxyError,
  RedirectError,
} from "../../common/http/http_error.ts";
import { tlsTrouble } from "../../common/http/tls_trouble.ts";
import { CUT_OFF_AT_END, type ErrorDetails, NOT_SENT_IN_TIME } from "../../common/model/record.ts";
import { cleanText, excerpt, excerptOfHtml } from "./clean_text.ts";
import { BROKEN_ANSWER, messageOf } from "./endpoints/openai_shapes.ts";

/** What is written of a request that was to be cut off so long after it was sent. */
export function plannedCut(afterNs: number): ErrorDetails {
  const { code, type } = CUT_OFF_AT_END;
  return { code, type, message: `cut off ${afterNs / 1e9} s after it was sent, as planned` };
}

/** What is written of a request that took longer than it may. */
export function timedOut(timeoutMs: number): ErrorDetails {
  return {
    code: null,
    type: "Timeout",
    message: `no complete answer within ${timeoutMs / 1000} s`,
  };
}

/** What is written of a request that took longer than it may, and had not left yet. */
export function notSentInTime(timeoutMs: number): ErrorDetails {
  return {
    code: null,
    type: NOT_SENT_IN_TIME,
    message: `this machine was too busy to send the request within ${timeoutMs / 1000} s`,
  };
}

/** An answer whose HTTP status is not 2xx. */
export interface BadAnswer {
  readonly status: number;
  readonly statusText: string;
  /** What was read of it. */
  readonly body: string;
  /** What it was asked for, without a query. */
  readonly path: string;
}

/** What is written of an answer whose HTTP status is not 2xx. */
export function badStatus({ status, statusText, body, path }: BadAnswer): ErrorDetails {
  const message = serverMessage(body) || `the server answered ${status} without a message`;
  const isMissing = (status === 404 || status === 405) && !isInformed(message, path);
  return {
    code: status,
    type: cleanText(statusText, 80) || "HTTPError",
    message: isMissing ? `${message} (POST ${excerpt(path)})` : message,
  };
}

/** Whether a server names the address that it was asked for, or knows it, as it speaks of a model. */
function isInformed(message: string, path: string): boolean {
  return message.includes(path) || /\bmodels?\b/i.test(message);
}

function serverMessage(body: string): string {
  if (looksLikeHtml(body)) return excerptOfHtml(body);
  try {
    return excerpt(messageOf(JSON.parse(body)) ?? body);
  } catch {
    return excerpt(body);
  }
}

/** A 200 that is not what was asked for; `message` says how it differs. */
export function unexpectedAnswer(message: string): ErrorDetails {
  return { code: BROKEN_ANSWER, type: "UnexpectedResponse", message };
}

/** A 200 with a web page. */
export function htmlAnswer(page: string): ErrorDetails {
  return unexpectedAnswer(`the server answered with HTML: ${excerptOfHtml(page)}`);
}

/** A 200 that brought no content; `finish`: why the server stopped, if it said so. */
export function emptyAnswer(message: string, finish: string | null): ErrorDetails {
  const reason = finish === null ? "" : ` (finish reason: ${cleanText(finish, 40)})`;
  return { code: BROKEN_ANSWER, type: "EmptyResponse", message: message + reason };
}

/** An answer, or an event of one, beyond what we are ready to hold in memory. */
export function tooLarge(maxBytes: number): ErrorDetails {
  const message = `the server sent more than ${maxBytes / 2 ** 20} MiB in one piece`;
  return { code: BROKEN_ANSWER, type: "ResponseTooLarge", message };
}

/**
 * An answer in another encoding than the one that JSON and event streams have; `text`: what could be
 * made of it.
 */
export function notUtf8(what: string, text = ""): ErrorDetails {
  const shown = text === "" ? "" : `: ${excerpt(text)}`;
  return {
    code: BROKEN_ANSWER,
    type: "InvalidEncoding",
    message: `${what} is not in UTF-8${shown}`,
  };
}

/** A stream without any event that begins with `line`, which no stream of events has. */
export function notEvents(line: string): ErrorDetails {
  const guess = line.includes("\0") ? " (is it in UTF-16?)" : "";
  return unexpectedAnswer(`the answer is not a stream of events${guess}: ${excerpt(line)}`);
}

/** An answer that says more than any model does. */
export function endlessAnswer(characters: number, chunks: number): ErrorDetails {
  const most = `${characters / 2 ** 20} Mi characters or ${chunks / 2 ** 20} Mi pieces`;
  const message = `the answer did not end within ${most} of content`;
  return { code: BROKEN_ANSWER, type: "ResponseTooLarge", message };
}

/** Whether a text starts as a HTML or XML page does. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*</.test(text);
}

/** A kind of failure below HTTP: how the runtime words it, and what we make of it. */
interface Kind {
  pattern: RegExp;
  type: string;
  /** `host` is the server's host and port, `detail` the innermost words of the runtime. */
  message: (host: string, detail: string) => string;
}

const KINDS: readonly Kind[] = [
  {
    pattern: /dns error|failed to lookup address/i,
    type: "DNSError",
    message: (host) => `the name of ${host} cannot be resolved`,
  },
  {
    pattern: /connection refused/i,
    type: "ConnectionRefused",
    message: (host) => `${host} refused the connection`,
  },
  {
    pattern: /certificate|corrupt message|handshake|\btls\b|alert/i,
    type: "TLSError",
    message: (host, detail) => `no secure connection to ${host}: ${tlsTrouble(detail) ?? detail}`,
  },
  {
    pattern: /cannot assign requested address|address not available/i,
    type: "NoFreePort",
    message: () => "no local port is free: too many connections",
  },
  {
    pattern: /^no such file or directory/i,
    type: "ConnectionRefused",
    message: (host) => `there is no socket ${host}`,
  },
  {
    pattern: /too many open files/i,
    type: "TooManyOpenFiles",
    message: () => "too many open files: raise the limit with ulimit -n",
  },
  {
    pattern: /unreachable|no route to host/i,
    type: "HostUnreachable",
    message: (host) => `${host} cannot be reached`,
  },
  {
    pattern: /connect.*timed out|os error 110|deadline has elapsed/i,
    type: "ConnectTimeout",
    message: (host) => `${host} does not answer`,
  },
  {
    pattern: /error reading a body/i,
    type: "ConnectionClosed",
    message: () => "the connection broke in the middle of the answer",
  },
  {
    pattern: /closed before message completed|reset by peer|broken pipe|not connected|closed|eof/i,
    type: "ConnectionClosed",
    message: () => "the server closed the connection before it answered",
  },
  {
    pattern: /invalid http|parsed/i,
    type: "InvalidHTTP",
    message: notHttp,
  },
];

function notHttp(host: string): string {
  return `${host} does not answer in HTTP/1.1 (perhaps it wants https?)`;
}

/**
 * Describes what the transport, or reading a body, threw.
 *
 * Equal failures get equal details: the runtime's messages hold local ports and URLs, none of which
 * get through.
 */
export function networkFailure(thrown: unknown, host: string): ErrorDetails {
  const [type, message] = ownFailure(thrown, host) ?? foreignFailure(thrown, host);
  return { code: null, type, message };
}

/** A server that closes idle connections does it, now and then, just as a request goes out. */
const NO_REUSE = " (try --connection-reuse-strategy never)";

/** Type and message of what our own HTTP client has found out. */
function ownFailure(thrown: unknown, host: string): [string, string] | null {
  if (thrown instanceof ConnectionClosedError) {
    return ["ConnectionClosed", thrown.message + (thrown.isReused ? NO_REUSE : "")];
  }
  if (thrown instanceof NotHttpError) return ["InvalidHTTP", notHttp(host)];
  if (thrown instanceof HttpSyntaxError) {
    return ["InvalidHTTP", `${host} breaks the rules of HTTP: ${thrown.message}`];
  }
  if (thrown instanceof ProxyError) return ["ProxyError", `the proxy ${thrown.message}`];
  return thrown instanceof RedirectError ? [thrown.type, thrown.message] : null;
}

/** Type and message of what the runtime throws. */
function foreignFailure(thrown: unknown, host: string): [string, string] {
  const chain = causeChain(thrown);
  const detail = innermost(chain.at(-1) ?? "");
  for (const kind of KINDS) {
    if (chain.some((message) => kind.pattern.test(withoutAddresses(message)))) {
      return [kind.type, kind.message(host, detail)];
    }
  }
  return ["FetchError", detail || "the request failed"];
}

function causeChain(thrown: unknown): string[] {
  const messages: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    messages.push(error.message);
    error = error.cause;
  }
  if (messages.length === 0) messages.push(String(thrown));
  return messages;
}

/** "error sending request … client error (Connect): tcp connect error: …" without its lead. */
function innermost(message: string): string {
  const bare = withoutAddresses(message).replace(/^.*client error \(\w+\): /s, "");
  return excerpt(bare.replace(/\s*\(os error \d+\)/g, ""));
}

function withoutAddresses(message: string): string {
  return message
    .replace(/\b[a-z]+:\/\/[^\s)]+/gi, "…")
    .replace(/\bfrom \S+ for \S+( \([^)]*\))?/g, "")
    .replace(/"[^"]*"|'[^']*'/gs, "…");
}
