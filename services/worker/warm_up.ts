import { type Conversation, plainTurn } from "../../common/model/conversation.ts";
import type { Credit } from "../../common/model/credit.ts";
import {
  createSendContext,
  type RequestJob,
  type SendContextOptions,
  sendRequest,
} from "./send_request.ts";

/** After so many requests the next one takes no longer than it should. */
const ROUNDS = 16;

/** What a server would say, as far as all of the code is run by it. */
const STREAMED = [
  { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
  { choices: [{ index: 0, delta: { content: "ready" } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
];
const WHOLE = { choices: [{ index: 0, message: { role: "assistant", content: "ready" } }] };

/**
 * Runs everything that a request runs, before the first real one is measured.
 *
 * In a new process the first request would otherwise leave 10 to 50 ms after it was due, and be
 * read as much too late: what `fetch` needs is loaded by its first use, and fresh code is slow.
 * Nothing leaves the process, as the URL itself holds the answer; what becomes of it is dropped.
 */
export async function warmUp(options: SendContextOptions): Promise<void> {
  const plan = { ...options.plan, urls: [answerUrl(options.endpoint.isStreaming(options.plan))] };
  const context = createSendContext({ ...options, plan });
  const { signal } = new AbortController();
  for (let i = 0; i < ROUNDS; i++) await sendRequest(jobOf(i), context, signal);
}

function answerUrl(streaming: boolean): string {
  const text = streaming
    ? [...STREAMED.map((event) => JSON.stringify(event)), "[DONE]"]
      .map((data) => `data: ${data}\n\n`).join("")
    : JSON.stringify(WHOLE);
  return `data:,${encodeURIComponent(text)}`;
}

function jobOf(index: number): RequestJob {
  return {
    credit: { ...CREDIT, id: index, index },
    conversation: CONVERSATION,
    receivedNs: 0,
    session: { correlationId: crypto.randomUUID(), answers: [] },
  };
}

/** A credit for the only turn of a conversation. */
export const CREDIT: Credit = {
  id: 0,
  phase: "warmup",
  index: 0,
  conversationIndex: 0,
  turnIndex: 0,
  sessionIndex: 0,
  isLastTurn: true,
  cancelAfterNs: null,
  dueNs: 0,
  issuedNs: 0,
};

const TURN = plainTurn(["Are you ready? "], { inputTokens: 4, outputTokens: 1 });

const CONVERSATION: Conversation = { index: 0, id: "warm-up", opening: [], turns: [TURN] };
