import { type ConnectionPlan, PLAIN_CONNECTIONS } from "../model/connection_plan.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Dial, dialWith } from "./dial.ts";
import { Http1Transport, type Http1TransportOptions } from "./http1_transport.ts";
import type { HttpTransport } from "./http_transport.ts";
import { type Proxy, proxyOf } from "./proxy.ts";

/**
 * A transport that makes connections as `plan` says; plain ones without it.
 *
 * `order`: what reads and writes wait for; not given: nothing.
 */
export async function openTransport(
  plan: ConnectionPlan | undefined,
  clock: Clock,
  order: Pick<Http1TransportOptions, "reads" | "gate"> = {},
): Promise<HttpTransport> {
  const known = plan ?? PLAIN_CONNECTIONS;
  if (known.httpVersion === "2") {
    const { openHttp2Transport } = await import("./fetch_client.ts");
    return openHttp2Transport(known, clock);
  }
  const { reuse } = known;
  const proxy = known.proxy === null ? null : proxyOf(known.proxy);
  return new Http1Transport({ dial: await dialOf(known, proxy), clock, reuse, proxy, ...order });
}

async function dialOf(plan: ConnectionPlan, proxy: Proxy | null): Promise<Dial> {
  const { caCert, client, localAddresses } = plan;
  const tls = { ...caCert !== null && { caCerts: [caCert] }, ...client };
  if (localAddresses.length === 0) return dialWith(tls, proxy);
  const { dialFrom } = await import("./local_dial.ts");
  return dialFrom(localAddresses, tls);
}
