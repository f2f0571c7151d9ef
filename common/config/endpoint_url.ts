/**
 * Appends a path to a base URL; a `/v1` that ends the one and begins the other comes once.
 *
 * `path` begins with a slash. That of a server on a Unix socket comes after a colon:
 * `unix:/run/server.sock:/v1/models`.
 */
export function joinUrl(baseUrl: string, path: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  if (isBareSocket(base)) return `${base}:${path}`;
  const doubled = base.endsWith("/v1") && /^\/v1(\/|$)/.test(path);
  return `${base}${doubled ? path.slice("/v1".length) : path}`;
}

/**
 * A base URL without the endpoint's own path at its end, for many give the whole address.
 *
 * A host, or a socket, of that name stays.
 */
export function withoutPath(baseUrl: string, path: string): string {
  const [, server = "", prefix = ""] = BEFORE_PATH_REGEXP.exec(baseUrl.replace(/\/+$/, "")) ?? [];
  const isWhole = path.length > 1 && prefix.endsWith(path);
  return isWhole ? server + prefix.slice(0, -path.length) : baseUrl;
}

const BEFORE_PATH_REGEXP = /^(unix:[^:]*:|[a-z]+:\/\/[^/]*)(\/.*)$/i;

/** A base URL without the `/v1` of an API at its end; the path of a socket is left as it is. */
export function withoutVersion(baseUrl: string): string {
  return isBareSocket(baseUrl) ? baseUrl : baseUrl.replace(/\/v1$/, "");
}

function isBareSocket(base: string): boolean {
  return /^unix:[^:]*$/.test(base);
}
