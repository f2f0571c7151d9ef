import type { MockApi } from "./api.ts";
import { transcriptionsApi, translationsApi } from "./audio.ts";
import { chatApi } from "./chat.ts";
import { cohereRerankApi } from "./cohere_rerank.ts";
import { completionsApi } from "./completions.ts";
import { embeddingsApi } from "./embeddings.ts";
import { nimRankingApi } from "./nim_ranking.ts";
import { ollamaChatApi } from "./ollama_chat.ts";
import { ollamaGenerateApi } from "./ollama_generate.ts";
import { teiRerankApi } from "./tei_rerank.ts";
import { tgiGenerateApi } from "./tgi_generate.ts";
import { imagesApi } from "./images.ts";
import { messagesApi } from "./messages.ts";
import { responsesApi } from "./responses.ts";

/** Every API that the server speaks. */
const APIS: readonly MockApi[] = [
  chatApi,
  completionsApi,
  embeddingsApi,
  imagesApi,
  transcriptionsApi,
  translationsApi,
  cohereRerankApi,
  nimRankingApi,
  ollamaChatApi,
  ollamaGenerateApi,
  teiRerankApi,
  tgiGenerateApi,
  responsesApi,
  messagesApi,
];

/** The API of each path that takes requests to the model. */
export const APIS_BY_PATH: ReadonlyMap<string, MockApi> = new Map(
  APIS.flatMap((api) => api.paths.map((path) => [path, api] as const)),
);
