/** What a turn must have for an API to be of use, beside what every turn has. */
export type EndpointNeed = "audios" | "body" | "passages";

/** What a turn can show beside text, as far as it can be made up. */
export type MediaKind = "images" | "audios";

/** What the command line has to know of an API; its code is the worker's. */
export interface EndpointFacts {
  /** Where the API lives under the server's base URL; empty: at that URL itself. */
  readonly path: string;
  /** Where it lives for streamed answers; null: at the same place. */
  readonly streamingPath: string | null;
  /** Whether the API can stream its answers. */
  readonly canStream: boolean;
  /** What its streams say at their end, in words; absent: nobody can tell that they are whole. */
  readonly streamEnd?: string;
  /** Whether its answers are no text, so that nobody misses the tokens of it; absent: they are. */
  readonly writesNoText?: boolean;
  /** Whether the texts of a turn are left out of its request, so that they are no input; absent: no. */
  readonly sendsNoText?: boolean;
  /** Whether its requests are forms, which say themselves what their content type is; absent: no. */
  readonly sendsForm?: boolean;
  /** What every turn of the data set must have; absent: texts are enough. */
  readonly needs?: EndpointNeed;
  /** What it takes beside text; absent: nothing. */
  readonly takes?: readonly MediaKind[];
  /** Whether a request says one turn alone, without what opens the conversation or was said before. */
  readonly isOneTurn?: boolean;
}

/** Of a choice in a stream of OpenAI, and of the stream. */
const CHOICES_END = "[DONE] or a finish_reason";

/** Every API that the tool speaks, by its name in `--endpoint-type`. */
export const ENDPOINT_TYPES = {
  audio_transcription: {
    path: "/v1/audio/transcriptions",
    streamingPath: null,
    canStream: true,
    streamEnd: "transcript.text.done or [DONE]",
    sendsNoText: true,
    sendsForm: true,
    needs: "audios",
    takes: ["audios"],
    isOneTurn: true,
  },
  audio_translation: {
    path: "/v1/audio/translations",
    streamingPath: null,
    canStream: false,
    sendsNoText: true,
    sendsForm: true,
    needs: "audios",
    takes: ["audios"],
    isOneTurn: true,
  },
  chat: {
    path: "/v1/chat/completions",
    streamingPath: null,
    canStream: true,
    streamEnd: CHOICES_END,
    takes: ["images", "audios"],
  },
  chat_embeddings: {
    ...numbers("/v1/embeddings"),
    isOneTurn: false,
    takes: ["images", "audios"],
  },
  cohere_rankings: numbers("/v2/rerank", "passages"),
  completions: {
    path: "/v1/completions",
    streamingPath: null,
    canStream: true,
    streamEnd: CHOICES_END,
  },
  embeddings: numbers("/v1/embeddings"),
  hf_tei_rankings: numbers("/rerank", "passages"),
  huggingface_generate: {
    path: "/generate",
    streamingPath: "/generate_stream",
    canStream: true,
    streamEnd: "generated_text or [DONE]",
  },
  image_generation: {
    path: "/v1/images/generations",
    streamingPath: null,
    canStream: true,
    writesNoText: true,
  },
  messages: {
    path: "/v1/messages",
    streamingPath: null,
    canStream: true,
    streamEnd: "message_stop or a stop_reason",
    takes: ["images"],
  },
  nim_embeddings: { ...numbers("/v1/embeddings"), takes: ["images"] },
  nim_rankings: numbers("/v1/ranking", "passages"),
  ollama_chat: {
    path: "/api/chat",
    streamingPath: null,
    canStream: true,
    streamEnd: "done or a done_reason",
    takes: ["images"],
  },
  ollama_generate: {
    path: "/api/generate",
    streamingPath: null,
    canStream: true,
    streamEnd: "done or a done_reason",
    takes: ["images"],
  },
  responses: {
    path: "/v1/responses",
    streamingPath: null,
    canStream: true,
    streamEnd: "response.completed",
    takes: ["images", "audios"],
  },
  // Those that the user describes, by body, template or path, are where the URL says.
  raw: { path: "", streamingPath: null, canStream: true, needs: "body" },
  template: { path: "", streamingPath: null, canStream: true },
} as const satisfies Record<string, EndpointFacts>;

/** The name of an API that the tool speaks. */
export type EndpointType = keyof typeof ENDPOINT_TYPES;

/** The names of all APIs, in the order in which they are shown. */
export const ENDPOINT_TYPE_NAMES = Object.keys(ENDPOINT_TYPES) as EndpointType[];

/** The facts of an API; of one that is not known, those of `chat`. */
export function endpointFacts(type: string): EndpointFacts {
  return Object.hasOwn(ENDPOINT_TYPES, type)
    ? ENDPOINT_TYPES[type as EndpointType]
    : ENDPOINT_TYPES.chat;
}

/** The path that requests go to unless the user names another one. */
export function endpointPath(type: EndpointType, streaming: boolean): string {
  const { path, streamingPath } = endpointFacts(type);
  return streaming ? streamingPath ?? path : path;
}

/** An API whose answers come whole and are numbers, not text. */
function numbers(path: string, needs?: EndpointNeed): EndpointFacts {
  const facts = {
    path,
    streamingPath: null,
    canStream: false,
    writesNoText: true,
    isOneTurn: true,
  };
  return needs === undefined ? facts : { ...facts, needs };
}
