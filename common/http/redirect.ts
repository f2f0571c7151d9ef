import { RedirectError } from "./http_error.ts";
import type { HttpAnswer, HttpMessage } from "./http_transport.ts";
import { parseUnixUrl } from "./target.ts";

/** More than any server needs. */
const MAX_REDIRECTS = 5;

/** More of a redirect's body is not worth reading for the sake of its connection. */
const MAX_SKIPPED_BYTES = 16 * 1024;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that are about a body, and go with it. */
const BODY_HEADERS: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-language",
  "content-location",
  "content-type",
]);

/** Headers that say who is asking: for the place that they were meant for, and no other. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "host",
  "proxy-authorization",
]);

/**
 * Sends a request with `send`, and what redirects make of it; resolves to the first other answer.
 *
 * Throws RedirectError when there are too many redirects, or one leads nowhere.
 */
export async function followRedirects(
  request: HttpMessage,
  send: (request: HttpMessage) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  let current = request;
  for (let redirects = 0;; redirects++) {
    const answer = await send(current);
    const location = REDIRECTS.has(answer.status) ? answer.header("location") : null;
    if (location === null) return answer;
    await skip(answer);
    if (redirects === MAX_REDIRECTS) throw new RedirectError("TooManyRedirects");
    current = redirected(current, answer.status, location);
    current.onRedirect?.({ status: answer.status, url: current.url });
  }
}

/** Reads what is left of a short body, so that its connection can be used again. */
async function skip({ body }: HttpAnswer): Promise<void> {
  for (let bytes = 0; bytes <= MAX_SKIPPED_BYTES;) {
    const { done, value } = await body.read();
    if (done) return;
    bytes += value.length;
  }
  body.cancel();
}

/**
 * The request that a redirect of `status` to `location` asks for.
 *
 * As the fetch standard has it: 301 and 302 turn a POST into a GET, 303 everything, and
 * credentials do not go to another origin. Throws RedirectError when the location is no place to go to.
 */
function redirected(
  request: HttpMessage,
  status: number,
  location: string,
): HttpMessage {
  const unix = parseUnixUrl(request.url);
  const from = new URL(unix === null ? request.url : `http://localhost${unix.path}`);
  const to = URL.parse(location, from);
  if (to === null || (to.protocol !== "http:" && to.protocol !== "https:")) {
    throw new RedirectError("BadRedirect");
  }
  const isGet = status < 307;
  const isElsewhere = to.origin !== from.origin;
  const isKept = (name: string) => {
    if (isGet && BODY_HEADERS.has(name)) return false;
    return !isElsewhere || !(CREDENTIALS.has(name) || request.secretHeaders?.has(name));
  };
  to.hash = "";
  return {
    ...request,
    method: isGet ? "GET" : request.method,
    url: unix === null || isElsewhere
      ? to.href
      : `unix:${unix.socketPath}:${to.pathname}${to.search}`,
    headers: request.headers.filter(([name]) => isKept(name.toLowerCase())),
    body: isGet ? null : request.body,
  };
}
