/** The usual path of each endpoint type. */
const ENDPOINT_PATHS = { chat: "/v1/chat/completions" } as const;

/** An API that the tool speaks. */
export type EndpointType = keyof typeof ENDPOINT_PATHS;

/** The path that an endpoint type has unless the user names another one. */
export function endpointPath(type: EndpointType): string {
  return ENDPOINT_PATHS[type];
}

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
