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

/** The request that asks a proxy for a tunnel to an address. */
export function tunnelRequest(
  { hostname, port }: Address,
  { authorization }: Proxy,
): Uint8Array<ArrayBuffer> {
  const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const credentials = authorization === null ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  return new TextEncoder().encode(
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${credentials}\r\n`,
  );
}
