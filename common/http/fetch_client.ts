import type { ConnectionPlan } from "../model/connection_plan.ts";
import type { Clock } from "../runtime/clock.ts";
import { FetchTransport } from "./fetch_transport.ts";

/** Environment variables that would lead requests through a proxy. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);

/** A transport by `fetch` that speaks HTTP/2 alone, also without TLS. */
export function openHttp2Transport(plan: ConnectionPlan, clock: Clock): FetchTransport {
  const addresses = plan.localAddresses.length === 0 ? [null] : plan.localAddresses;
  const clients = addresses.map((address) => createClient(plan, address));
  let next = 0;
  return new FetchTransport({
    clock,
    fetch: (url, init) => fetch(url, { ...init, client: clients[next++ % clients.length]! }),
    close: () => clients.forEach((client) => client.close()),
  });
}

function createClient(
  { caCert, client }: ConnectionPlan,
  localAddress: string | null,
): Deno.HttpClient {
  return withoutProxies(() =>
    Deno.createHttpClient({
      http1: false,
      http2: true,
      caCerts: caCert === null ? [] : [caCert],
      ...localAddress !== null && { localAddress },
      ...client !== null && { cert: client.cert, key: client.key },
    })
  );
}

/** The runtime reads them when a client is made, and offers no other way to say no. */
function withoutProxies<T>(make: () => T): T {
  const proxies = PROXY_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name] of proxies) Deno.env.delete(name);
    return make();
  } finally {
    for (const [name, value] of proxies) if (value !== undefined) Deno.env.set(name, value);
  }
}
