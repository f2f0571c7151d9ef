import type { Turn } from "../../../common/model/conversation.ts";
import type { ErrorDetails, Usage } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import type { SseEvent } from "../sse.ts";

/** What one piece of an answer brings; a piece with neither output nor reasoning is not content. */
export type Carries = "nothing" | "reasoning" | "output";

/** What a piece of an answer brings to one of the choices after the first. */
export interface OtherChoice {
  /** Which choice it is, from 1. */
  readonly index: number;
  /** Content and called functions, as one text. */
  readonly output: string;
  readonly reasoning: string;
}

/** What a piece of an answer brings, or says, of things other than text. */
export interface MediaPart {
  /** Finished pictures in it. */
  readonly images?: number;
  /** How long the sound of the request is, as the server has it. */
  readonly audioSeconds?: number | null;
}

/** What an endpoint understood of one stream event, or of a whole answer. */
export interface AnswerPart {
  /** Decides whether, and as what, the piece is counted; embeddings carry output without text. */
  carries: Carries;
  content: string;
  reasoning: string;
  /** Names and arguments of called functions, as one text. */
  toolCalls: string;
  /** The same of the choices after the first, where a request asked for several. */
  others: readonly OtherChoice[];
  /** null: it is about text alone. */
  media: MediaPart | null;
  /** null: this piece says nothing of it. */
  usage: Usage | null;
  /** Why the server stopped, in its own words. */
  finish: string | null;
  error: ErrorDetails | null;
  /** True when the server said that nothing more will come. */
  done: boolean;
}

/** What the body of one request is made of. */
export interface BodyRequest {
  readonly plan: EndpointPlan;
  /** The model to ask for. */
  readonly model: string;
  /** The conversation so far; the last turn is the one to be answered. */
  readonly turns: readonly Turn[];
}

/** A body that is no JSON text, e.g. a form with a file in it. */
export interface BinaryBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** The body of a request: JSON text, or bytes of another kind. */
export type RequestBody = string | BinaryBody;

/**
 * How a streamed answer is cut into events: server-sent events, a JSON value on each line, or
 * whichever of the two it begins like.
 */
export type StreamFraming = "sse" | "lines" | "either";

/** One API of inference servers: what is sent to it and how its answers are read. */
export interface Endpoint {
  readonly framing: StreamFraming;
  /** Headers that the API wants in every request, none of them secret; the user's own win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How the API wants its key; `Authorization: Bearer …` unless given. */
  keyHeader?(apiKey: string): readonly [name: string, value: string];
  /** Whether the final body asks for a stream, which `extraInputs` may decide. */
  isStreaming(plan: EndpointPlan): boolean;
  /** The body of a request. Throws `RangeError` when there is no turn. */
  buildBody(request: BodyRequest): RequestBody;
  /**
   * Reads one event of a stream, of which a line has only `data`; never throws, a malformed event is
   * an `error`.
   */
  readEvent(event: SseEvent): AnswerPart;
  /** Reads the parsed JSON of a whole answer; never throws, a malformed one is an `error`. */
  readAnswer(body: unknown): AnswerPart;
  /** Reads a whole answer that is not a JSON object or list, where the API has such; never throws. */
  readText?(text: string): AnswerPart;
}

const NO_OTHERS: readonly OtherChoice[] = [];

/** A part that carries nothing, with the given fields set. */
export function answerPart(fields: Partial<AnswerPart> = {}): AnswerPart {
  return {
    carries: "nothing",
    content: "",
    reasoning: "",
    toolCalls: "",
    others: NO_OTHERS,
    media: null,
    usage: null,
    finish: null,
    error: null,
    done: false,
    ...fields,
  };
}
