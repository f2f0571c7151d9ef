import { HTTP_VERSIONS, REUSE_STRATEGIES } from "../../model/connection_choices.ts";
import { option } from "../option.ts";
import { ipAddresses, proxyUrl } from "../address_types.ts";
import { choice, text } from "../value_type.ts";

/** How connections to the server are made. */
export const CONNECTION_OPTIONS = {
  connectionReuseStrategy: option({
    type: choice(REUSE_STRATEGIES),
    default: "pooled",
    path: "endpoint.connection_reuse_strategy",
    help:
      "When a connection is used again: for any request (pooled), for none (never), or for those of the same conversation (sticky-user-sessions), which then has one of its own.",
  }),
  httpVersion: option({
    type: choice(HTTP_VERSIONS),
    default: "1.1",
    path: "endpoint.http_version",
    help:
      "HTTP version to speak. With 2, the requests of a worker share one connection and queue behind its limits; the client then takes more than twice the processor time.",
  }),
  caCert: option({
    type: text("FILE"),
    default: null,
    path: "endpoint.ca_cert",
    help: "Certificates in PEM to trust beside the usual ones, for https.",
  }),
  clientCert: option({
    type: text("FILE"),
    default: null,
    path: "endpoint.client_cert",
    help: "Certificate in PEM that the client shows of itself, for https.",
  }),
  clientKey: option({
    type: text("FILE"),
    default: null,
    path: "endpoint.client_key",
    help: "Private key in PEM of --client-cert, not encrypted.",
  }),
  proxy: option({
    type: proxyUrl(),
    default: null,
    path: "endpoint.proxy",
    secret: true,
    help:
      "HTTP proxy to go through, as http://[user:password@]host:port; its time counts as the server's. Those that the environment names are ignored.",
  }),
  localAddress: option({
    type: ipAddresses(),
    default: null,
    path: "endpoint.local_address",
    help:
      "Addresses of this machine that connections are made from, in turn, as a list with commas; each has some 28,000 ports of its own on Linux.",
  }),
};
