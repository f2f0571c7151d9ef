/**
 * Appends a path to a base URL; a `/v1` that ends the one and begins the other comes once.
 *
 * `path` begins with a slash.
 */
export function joinUrl(baseUrl: string, path: string): string {
  const base = baseUrl.replace(/\/+$/, "");
  const doubled = base.endsWith("/v1") && /^\/v1(\/|$)/.test(path);
  return `${base}${doubled ? path.slice("/v1".length) : path}`;
}
