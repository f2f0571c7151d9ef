import { assertEquals } from "@std/assert";
import {
  ConnectionClosedError,
  HttpSyntaxError,
  NotHttpError,
  RedirectError,
} from "../../../common/http/http_error.ts";
import { cleanText, excerptOfHtml } from "../../../services/worker/clean_text.ts";
import { badStatus, networkFailure } from "../../../services/worker/request_failure.ts";

/** How the runtime words its failures: an error whose cause tells. */
function fetchFailed(cause: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(cause) });
}

const FAILURES: [unknown, string, string][] = [
  [
    fetchFailed(
      "error sending request for url (http://h:1/v1): client error (Connect): tcp connect error: Connection refused (os error 111)",
    ),
    "ConnectionRefused",
    "h:1 refused the connection",
  ],
  [
    fetchFailed(
      "error sending request for url (http://h:1/): client error (Connect): dns error: failed to lookup address information: Name or service not known",
    ),
    "DNSError",
    "the name of h:1 cannot be resolved",
  ],
  [
    fetchFailed(
      "error sending request for url (https://h:1/): client error (Connect): invalid peer certificate: UnknownIssuer",
    ),
    "TLSError",
    "no secure connection to h:1: its certificate comes from nobody who is trusted here; name the " +
    "authority's certificate, or its own where it has signed itself, with --ca-cert",
  ],
  [
    fetchFailed(
      "error sending request for url (https://h:1/): client error (Connect): received corrupt message of type InvalidContentType",
    ),
    "TLSError",
    "no secure connection to h:1: it does not speak TLS; is it http rather than https?",
  ],
  [
    fetchFailed(
      "error sending request for url (http://h:1/): client error (Connect): tcp connect error: Cannot assign requested address (os error 99)",
    ),
    "NoFreePort",
    "no local port is free: too many connections",
  ],
  [
    fetchFailed(
      "error sending request for url (http://h:1/): client error (Connect): tcp open error: Too many open files (os error 24)",
    ),
    "TooManyOpenFiles",
    "too many open files: raise the limit with ulimit -n",
  ],
  [
    fetchFailed(
      "error sending request for url (http://h:1/): client error (Connect): tcp connect error: No route to host (os error 113)",
    ),
    "HostUnreachable",
    "h:1 cannot be reached",
  ],
  [
    fetchFailed(
      "error sending request for url (http://h:1/): client error (Connect): tcp connect error: Connection timed out (os error 110)",
    ),
    "ConnectTimeout",
    "h:1 does not answer",
  ],
  [
    fetchFailed(
      "error sending request from 127.0.0.1:39268 for http://h:1/ (127.0.0.1:34295): client error (SendRequest): connection closed before message completed",
    ),
    "ConnectionClosed",
    "the server closed the connection before it answered",
  ],
  [
    fetchFailed(
      "error sending request from 127.0.0.1:4 for http://h:1/ (127.0.0.1:3): client error (SendRequest): connection error: Connection reset by peer (os error 104)",
    ),
    "ConnectionClosed",
    "the server closed the connection before it answered",
  ],
  [
    fetchFailed(
      "error sending request from 127.0.0.1:4 for http://h:1/ (127.0.0.1:3): client error (SendRequest): invalid HTTP version parsed",
    ),
    "InvalidHTTP",
    "h:1 does not answer in HTTP/1.1 (perhaps it wants https?)",
  ],
  [
    new TypeError("error reading a body from connection"),
    "ConnectionClosed",
    "the connection broke in the middle of the answer",
  ],
  [
    new RedirectError("TooManyRedirects"),
    "TooManyRedirects",
    "the server redirects for ever",
  ],
  [
    new RedirectError("BadRedirect"),
    "BadRedirect",
    "the server redirects to a place that is none",
  ],
  [
    new ConnectionClosedError(false, {
      cause: new Error("Connection reset by peer (os error 104)"),
    }),
    "ConnectionClosed",
    "the server closed the connection before it answered",
  ],
  [
    new ConnectionClosedError(false, { hasServed: true }),
    "ConnectionClosed",
    "the server closed a reused connection before it answered (try --connection-reuse-strategy never)",
  ],
  [
    new ConnectionClosedError(true, { hasServed: true }),
    "ConnectionClosed",
    "the connection broke in the middle of the answer",
  ],
  [
    new NotHttpError(),
    "InvalidHTTP",
    "h:1 does not answer in HTTP/1.1 (perhaps it wants https?)",
  ],
  [
    new HttpSyntaxError("a chunk without a size"),
    "InvalidHTTP",
    "h:1 breaks the rules of HTTP: a chunk without a size",
  ],
  [
    new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
    "ConnectionRefused",
    "h:1 refused the connection",
  ],
  [
    new Deno.errors.AddrNotAvailable("Cannot assign requested address (os error 99)"),
    "NoFreePort",
    "no local port is free: too many connections",
  ],
  [
    new TypeError("Fetch failed: Requests to port 6000 are blocked"),
    "FetchError",
    "Fetch failed: Requests to port 6000 are blocked",
  ],
  [
    fetchFailed(
      "error sending request from 10.0.0.1:4711 for http://h:1/?key=s (10.0.0.2:1): client error (Odd): it rained (os error 7)",
    ),
    "FetchError",
    "it rained",
  ],
  ["a thrown string", "FetchError", "a thrown string"],
  [undefined, "FetchError", "undefined"],
];

for (const [thrown, type, message] of FAILURES) {
  Deno.test(`a failure of the network is described without what varies: ${message}`, () => {
    assertEquals(networkFailure(thrown, "h:1"), { code: null, type, message });
  });
}

const BODIES: [string, string][] = [
  ['{"error":{"message":"no such model","type":"not_found","code":"x"}}', "no such model"],
  ['{"error":"no such model"}', "no such model"],
  ['{"object":"error","message":"too long","type":"BadRequestError","code":400}', "too long"],
  ['{"detail":"Not Found"}', "Not Found"],
  ['{"detail":[{"loc":["body","messages"],"msg":"field required"}]}', "field required"],
  ['{"error":{"code":7}}', '{"error":{"code":7}}'],
  ["upstream\r\n\tconnect   error\u0007", "upstream connect error"],
  ["", "the server answered 400 without a message"],
  ["   ", "the server answered 400 without a message"],
  [
    "<html><head><style>p{}</style><title>404</title></head><body><h1>Not found</h1></body></html>",
    "404 Not found",
  ],
  ["x".repeat(500), "x".repeat(199) + "…"],
];

for (const [body, message] of BODIES) {
  Deno.test(`the message of a bad status is the server's: ${message.slice(0, 40)}`, () => {
    const answer = { status: 400, statusText: "Bad Request", body, path: "/v1/x" };
    assertEquals(badStatus(answer), { code: 400, type: "Bad Request", message });
  });
}

const MISSING: [status: number, body: string, message: string][] = [
  [404, '{"detail":"Not Found"}', "Not Found (POST /v1/x)"],
  [404, "", "the server answered 404 without a message (POST /v1/x)"],
  [405, '{"detail":"Method Not Allowed"}', "Method Not Allowed (POST /v1/x)"],
  [404, "Cannot POST /v1/x", "Cannot POST /v1/x"],
  [404, '{"error":"model \'m\' not found"}', "model 'm' not found"],
  [400, '{"detail":"Not Found"}', "Not Found"],
];

for (const [status, body, message] of MISSING) {
  Deno.test(`what is not found is told with its path, unless the server did: ${status} ${body}`, () => {
    assertEquals(badStatus({ status, statusText: "", body, path: "/v1/x" }).message, message);
  });
}

Deno.test("a bad status without a name is an HTTPError", () => {
  const answer = { status: 599, statusText: "", body: "x", path: "/" };
  assertEquals(badStatus(answer).type, "HTTPError");
});

Deno.test("text is cleaned of what would break a line or a terminal", () => {
  assertEquals(cleanText("\x1b[31m a\n\n b\u200b\u0000c ", 20), "[31m a b c");
  assertEquals(cleanText("abcdef", 4), "abc…");
  assertEquals(cleanText("abcd", 4), "abcd");
  assertEquals(
    excerptOfHtml("<!-- x --><script>var a;</script><p>Hello <b>you</b></p>"),
    "Hello you",
  );
  assertEquals(excerptOfHtml("<img src=a>"), "<img src=a>");
});
