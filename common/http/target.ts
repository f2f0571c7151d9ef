/** Where a connection goes. */
export interface Address {
  readonly isSecure: boolean;
  /** A name or an address; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The Unix socket to use in place of host and port; null: none. */
  readonly socketPath: string | null;
}

/** What is to be known of a URL. */
export interface Target {
  readonly address: Address;
  /** Path and query, `/…`, or the whole URL for a proxy. */
  readonly path: string;
  /** What the proxy in between wants to see. */
  readonly proxyAuthorization?: string;
  /** Host and, unless it is the scheme's own, port. */
  readonly host: string;
  /** Requests with the same one can use each other's connections. */
  readonly key: string;
}

/** The parts of the URL of a server on a Unix socket. */
export interface UnixUrl {
  /** Absolute. */
  readonly socketPath: string;
  /** Path and query of the request, `/…`; empty where there is none. */
  readonly path: string;
}

/** Takes `unix:/run/server.sock:/v1/models` apart; null for any other URL. */
export function parseUnixUrl(url: string): UnixUrl | null {
  const match = /^unix:(\/[^:]+)(?::(\/.*))?$/.exec(url);
  return match === null ? null : { socketPath: match[1]!, path: match[2] ?? "" };
}

/** Host and port of a URL, or its socket, for error messages. Throws a TypeError for no URL. */
export function hostOf(url: string): string {
  return parseUnixUrl(url)?.socketPath ?? new URL(url).host;
}

/** The path of a URL without its query, for error messages. Throws a TypeError for no URL. */
export function pathOf(url: string): string {
  return targetOf(url).path.replace(/\?.*$/s, "");
}

/** A URL without what may be secret in it, its user-info and its query. Throws a TypeError for no URL. */
export function shownUrl(url: string): string {
  if (parseUnixUrl(url) !== null) return url.replace(/\?.*$/s, "");
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Takes a URL apart. Throws a TypeError when it is none, or not of a server that speaks HTTP. */
export function targetOf(text: string): Target {
  const unix = parseUnixUrl(text);
  if (unix !== null) return unixTarget(unix);
  const url = new URL(text);
  const isSecure = url.protocol === "https:";
  if (!isSecure && url.protocol !== "http:") throw new TypeError(`${url.protocol} is not HTTP`);
  return {
    address: {
      isSecure,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port) || (isSecure ? 443 : 80),
      socketPath: null,
    },
    path: url.pathname + url.search,
    host: url.host,
    key: url.origin,
  };
}

function unixTarget({ socketPath, path }: UnixUrl): Target {
  return {
    address: { isSecure: false, hostname: "localhost", port: 80, socketPath },
    path: path === "" ? "/" : path,
    host: "localhost",
    key: socketPath,
  };
}
