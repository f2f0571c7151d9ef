/** What the command line has to know of an API; its code is the worker's. */
export interface EndpointFacts {
  /** Where the API lives under the server's base URL. */
  readonly path: string;
  /** Where it lives for streamed answers; null: at the same place. */
  readonly streamingPath: string | null;
  /** Whether the API can stream its answers. */
  readonly canStream: boolean;
}

/** Every API that the tool speaks, by its name in `--endpoint-type`. */
export const ENDPOINT_TYPES = {
  chat: { path: "/v1/chat/completions", streamingPath: null, canStream: true },
} as const satisfies Record<string, EndpointFacts>;

/** The name of an API that the tool speaks. */
export type EndpointType = keyof typeof ENDPOINT_TYPES;

/** The names of all APIs, in the order in which they are shown. */
export const ENDPOINT_TYPE_NAMES = Object.keys(ENDPOINT_TYPES) as EndpointType[];

/** The path that requests go to unless the user names another one. */
export function endpointPath(type: EndpointType, streaming: boolean): string {
  const { path, streamingPath }: EndpointFacts = ENDPOINT_TYPES[type];
  return streaming ? streamingPath ?? path : path;
}
