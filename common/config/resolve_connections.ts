import { type ConnectionPlan, PLAIN_CONNECTIONS } from "../model/connection_plan.ts";
import type { Options } from "./validate.ts";

/** How connections are made, as the options say; null where they say nothing. */
export function resolveConnections({ values, pems }: Options): ConnectionPlan | null {
  const { caCert = null, clientCert, clientKey } = pems;
  const hasClient = clientCert !== undefined && clientKey !== undefined;
  const plan: ConnectionPlan = {
    httpVersion: values.httpVersion,
    reuse: values.connectionReuseStrategy,
    localAddresses: [...values.localAddress ?? []],
    caCert,
    client: hasClient ? { cert: clientCert, key: clientKey } : null,
    proxy: values.proxy,
  };
  const isPlain = JSON.stringify(plan) === JSON.stringify(PLAIN_CONNECTIONS);
  return isPlain || values.mockServer ? null : plan;
}
