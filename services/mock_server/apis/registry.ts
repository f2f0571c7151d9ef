import type { MockApi } from "./api.ts";
import { chatApi } from "./chat.ts";
import { completionsApi } from "./completions.ts";
import { embeddingsApi } from "./embeddings.ts";

/** Every API that the server speaks. */
const APIS: readonly MockApi[] = [
  chatApi,
  completionsApi,
  embeddingsApi,
];

/** The API of each path that takes requests to the model. */
export const APIS_BY_PATH: ReadonlyMap<string, MockApi> = new Map(
  APIS.flatMap((api) => api.paths.map((path) => [path, api] as const)),
);
