/**
 * Appends a path to a base URL; a `/v1` that ends the one and begins the other comes once.
 *
 * `path` begins with a slash. That of a server on a Unix socket comes after a colon:
 * `unix:/run/server.sock:/v1/models`.
 */
export function joinUrl(baseUrl: string, path: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  if (/^unix:[^:]*$/.test(base)) return `${base}:${path}`;
  const doubled = base.endsWith("/v1") && /^\/v1(\/|$)/.test(path);
  return `${base}${doubled ? path.slice("/v1".length) : path}`;
}
