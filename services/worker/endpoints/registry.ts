import type { EndpointType } from "../../../common/model/endpoint_types.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import type { Endpoint } from "./endpoint.ts";

/** What an endpoint may be made of that is not the same in all runs. */
export type LoadPlan = Pick<EndpointPlan, "template">;

/** Every endpoint type and where its code is; a worker loads only the one it needs. */
const LOADERS: Record<EndpointType, (plan: LoadPlan) => Promise<Endpoint>> = {
  audio_transcription: async () =>
    (await import("./audio_transcription.ts")).audioTranscriptionEndpoint,
  audio_translation: async () => (await import("./audio_translation.ts")).audioTranslationEndpoint,
  chat: async () => (await import("./chat.ts")).chatEndpoint,
  chat_embeddings: async () => (await import("./chat_embeddings.ts")).chatEmbeddingsEndpoint,
  cohere_rankings: async () => (await import("./cohere_rankings.ts")).cohereRankingsEndpoint,
  completions: async () => (await import("./completions.ts")).completionsEndpoint,
  embeddings: async () => (await import("./embeddings.ts")).embeddingsEndpoint,
  hf_tei_rankings: async () => (await import("./hf_tei_rankings.ts")).hfTeiRankingsEndpoint,
  huggingface_generate: async () =>
    (await import("./huggingface_generate.ts")).huggingfaceGenerateEndpoint,
  image_generation: async () => (await import("./image_generation.ts")).imageGenerationEndpoint,
  messages: async () => (await import("./messages.ts")).messagesEndpoint,
  nim_embeddings: async () => (await import("./nim_embeddings.ts")).nimEmbeddingsEndpoint,
  nim_rankings: async () => (await import("./nim_rankings.ts")).nimRankingsEndpoint,
  ollama_chat: async () => (await import("./ollama_chat.ts")).ollamaChatEndpoint,
  ollama_generate: async () => (await import("./ollama_generate.ts")).ollamaGenerateEndpoint,
  responses: async () => (await import("./responses.ts")).responsesEndpoint,
  raw: async () => (await import("./raw.ts")).rawEndpoint,
  template: async ({ template }) => (await import("./template.ts")).templateEndpoint(template),
};

/** Loads the endpoint of a type. Rejects with an `Error` that names the known types. */
export function loadEndpoint(type: string, plan: LoadPlan = { template: null }): Promise<Endpoint> {
  const load = Object.hasOwn(LOADERS, type) ? LOADERS[type as EndpointType] : undefined;
  if (load !== undefined) return load(plan);
  const known = Object.keys(LOADERS).join(", ");
  return Promise.reject(new Error(`unknown endpoint type "${type}"; known are: ${known}`));
}
