import type { Turn } from "../../../common/model/conversation.ts";
import type { ErrorDetails, Usage } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import type { SseEvent } from "../sse.ts";

/** What one piece of an answer brings; a piece with neither output nor reasoning is not content. */
export type Carries = "nothing" | "reasoning" | "output";

/** What an endpoint understood of one stream event, or of a whole answer. */
export interface AnswerPart {
  /** Decides whether, and as what, the piece is counted; embeddings carry output without text. */
  carries: Carries;
  content: string;
  reasoning: string;
  /** Names and arguments of called functions, as one text. */
  toolCalls: string;
  /** null: this piece says nothing of it. */
  usage: Usage | null;
  /** Why the server stopped, in its own words. */
  finish: string | null;
  error: ErrorDetails | null;
  /** True when the server said that nothing more will come. */
  done: boolean;
}

/** One API of inference servers: what is sent to it and how its answers are read. */
export interface Endpoint {
  /** Where the API lives under the server's base URL. */
  readonly path: string;
  /** Whether the final body asks for a stream, which `extraInputs` may decide. */
  isStreaming(plan: EndpointPlan): boolean;
  /**
   * The JSON body of a request: `turns` holds the conversation so far, the last of them is the one
   * to be answered. Throws `RangeError` when there is none.
   */
  buildBody(plan: EndpointPlan, turns: readonly Turn[]): string;
  /** Reads one event of a stream; never throws, a malformed event is an `error`. */
  readEvent(event: SseEvent): AnswerPart;
  /** Reads the parsed JSON of a whole answer; never throws, a malformed one is an `error`. */
  readAnswer(body: unknown): AnswerPart;
}

/** A part that carries nothing, with the given fields set. */
export function answerPart(fields: Partial<AnswerPart> = {}): AnswerPart {
  return {
    carries: "nothing",
    content: "",
    reasoning: "",
    toolCalls: "",
    usage: null,
    finish: null,
    error: null,
    done: false,
    ...fields,
  };
}
