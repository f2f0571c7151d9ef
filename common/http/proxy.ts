import { ProxyError } from "./http_error.ts";
import type { Address, Target } from "./target.ts";

/** An HTTP proxy that requests go through. */
export interface Proxy {
  readonly address: Address;
  /** The value of `Proxy-Authorization`; null: it wants none. */
  readonly authorization: string | null;
}

/** Reads the URL of a proxy, which may hold a user name and password. Throws a TypeError for no URL. */
export function proxyOf(text: string): Proxy {
  const url = new URL(text);
  const credentials = [url.username, url.password].map(decodeURIComponent).join(":");
  return {
    address: {
      isSecure: false,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || 80,
      socketPath: null,
    },
    authorization: url.username === "" ? null : `Basic ${base64(credentials)}`,
  };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** A target as it is asked for at a proxy; one that is secure is reached through a tunnel instead. */
export function throughProxy(target: Target, { address, authorization }: Proxy): Target {
  if (target.address.isSecure || target.address.socketPath !== null) return target;
  return {
    ...target,
    address,
    path: `http://${target.host}${target.path}`,
    ...authorization !== null && { proxyAuthorization: authorization },
  };
}

/** What the system says of a connection that cannot be opened, and what that says of a proxy. */
const FAILURES: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/connection refused/i, "refused the connection"],
  [/dns error|lookup address|name or service not known|no record found/i, "has an unknown name"],
  [/unreachable|no route to host/i, "cannot be reached"],
  [/timed out/i, "does not answer"],
];

/**
 * What to throw where no connection to a proxy could be opened: it, and not the server, is to blame.
 *
 * What is wrong on this side, or was meant, stays as it was thrown.
 */
export function proxyFailure(thrown: unknown, address: Address): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const [, message] = FAILURES.find(([pattern]) => pattern.test(thrown.message)) ?? [];
  if (message === undefined) return thrown;
  return new ProxyError(`at ${hostAndPort(address)} ${message}`, { cause: thrown });
}

function hostAndPort({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** The request that asks a proxy for a tunnel to an address. */
export function tunnelRequest(
  address: Address,
  { authorization }: Proxy,
): Uint8Array<ArrayBuffer> {
  const host = hostAndPort(address);
  const credentials = authorization === null ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  return new TextEncoder().encode(
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${credentials}\r\n`,
  );
}
