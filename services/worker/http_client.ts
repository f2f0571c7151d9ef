/** `fetch`, or what stands in for it in a test. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/**
 * How long a connection may stay idle before it is closed, in ms.
 *
 * Below the 5 s after which the most common servers close theirs: a request that goes out just
 * as the server closes is lost, and sending it again would hide the loss and falsify its times.
 */
const IDLE_MS = 4000;

/** Environment variables that would lead requests through a proxy. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);

/**
 * The HTTP client of a worker: one for all of its requests.
 *
 * As many connections as there are requests in flight, each kept for the next request. HTTP/1.1
 * alone, as streams that share an HTTP/2 connection queue behind the server's stream limit and behind each
 * other. No proxy, even if the environment names one: it would be measured along with the server.
 */
export function createHttpClient(): Deno.HttpClient {
  const proxies = PROXY_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  try {
    // The runtime reads them when a client is made, and offers no other way to say no.
    for (const [name] of proxies) Deno.env.delete(name);
    return Deno.createHttpClient({
      http1: true,
      http2: false,
      poolMaxIdlePerHost: 1_000_000,
      poolIdleTimeout: IDLE_MS,
    });
  } finally {
    for (const [name, value] of proxies) if (value !== undefined) Deno.env.set(name, value);
  }
}

/** `fetch` through `client`. */
export function fetchWith(client: Deno.HttpClient): FetchFunction {
  return (url, init) => fetch(url, { ...init, client });
}
