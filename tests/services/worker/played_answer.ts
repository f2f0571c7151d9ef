import type { FetchFunction } from "../../../common/http/fetch_transport.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import type { Clock } from "../../../common/runtime/clock.ts";
import { byteBody } from "../../helpers/byte_body.ts";
import { RECORD, type SendingOptions, sendOnce } from "./sending.ts";

/** Shows the time that the played answer has set; nobody's sleep ends. */
export class PlayedClock implements Clock {
  ns = 5000;
  nowNs = () => this.ns;
  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
  }
}

/** What arrives in one read, and when: nanoseconds after the request was sent. */
export type Read = [atNs: number, text: string];

/** An answer to be played. */
export interface Answer {
  status?: number;
  statusText?: string;
  /** The answer's content type; event streams unless given. */
  type?: string;
  /** Thrown after the last read, instead of the end. */
  breaksWith?: Error;
  reads: Read[];
}

/** A `fetch` that plays an answer: headers after 10 ns, then each read at its time. */
export function play(answer: Answer, clock: PlayedClock): FetchFunction {
  const encoder = new TextEncoder();
  return () => {
    const startNs = clock.ns;
    const reads = answer.reads.values();
    const body = byteBody(() => {
      const { value } = reads.next();
      clock.ns = value === undefined ? clock.ns + 1000 : startNs + value[0];
      if (value !== undefined) return encoder.encode(value[1]);
      if (answer.breaksWith) throw answer.breaksWith;
      return null;
    });
    clock.ns += 10;
    const { status = 200, statusText = "OK", type = "text/event-stream" } = answer;
    return Promise.resolve(
      new Response(body, { status, statusText, headers: { "content-type": type } }),
    );
  };
}

/** Sends one request that gets `answer`. */
export function receive(
  answer: Answer,
  plan: Partial<EndpointPlan> = {},
  options: Partial<Pick<SendingOptions, "endpoint" | "job">> = {},
): Promise<RequestRecord> {
  const clock = new PlayedClock();
  return sendOnce({ ...options, clock, plan, fetch: play(answer, clock) });
}

/** One stream event of the chat API. */
export function event(choice: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const body = { id: "c", object: "chat.completion.chunk", choices: [choice], ...more };
  return `data: ${JSON.stringify(body)}\n\n`;
}

/** An event with a piece of content. */
export function says(content: string): string {
  return event({ index: 0, delta: { content }, finish_reason: null });
}

/** The first event of most streams: no content yet. */
export const ROLE = event({
  index: 0,
  delta: { role: "assistant", content: "" },
  finish_reason: null,
});
/** The event that ends a choice. */
export const STOP = event({ index: 0, delta: {}, finish_reason: "stop" });
/** The last event of OpenAI's streams. */
export const DONE = "data: [DONE]\n\n";
/** An event with nothing but usage. */
export const USAGE_EVENT = `data: ${
  JSON.stringify({
    choices: [],
    usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
  })
}\n\n`;
/** What `USAGE_EVENT` says. */
export const USAGE = {
  promptTokens: 8,
  completionTokens: 2,
  totalTokens: 10,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

/** The record of a played answer, before anything is known of its body. */
export const ANSWERED = { ...RECORD, sentNs: 5000, headersAfterNs: 10, httpStatus: 200 };

/** What arrives, and what the record says of it. */
export interface AnswerCase {
  name: string;
  reads: Read[];
  expected: Partial<RequestRecord>;
}

/** A whole answer with usage. */
export const WHOLE = JSON.stringify({
  choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
});
