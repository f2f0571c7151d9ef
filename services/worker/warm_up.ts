import type { HttpTransport } from "../../common/http/http_transport.ts";
import { sendNow } from "../../common/http/send_now.ts";
import { type Conversation, plainTurn, type Turn } from "../../common/model/conversation.ts";
import type { Credit } from "../../common/model/credit.ts";
import { endpointFacts } from "../../common/model/endpoint_types.ts";
import { createSendContext, type SendContextOptions } from "./send_context.ts";
import { type RequestJob, sendRequest } from "./send_request.ts";
import { WarmUpServer } from "./warm_up_server.ts";

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
 * read as much too late: what a connection needs is loaded by its first use, and fresh code is slow.
 * Nothing leaves the machine, as this process itself answers; what becomes of it is dropped.
 * `transport`, which is closed then, must be like the one that is to be warm.
 */
export async function warmUp(options: SendContextOptions): Promise<void> {
  const { plan, endpoint, transport } = options;
  await using server = startServer(answerOf(endpoint.isStreaming(plan)));
  if (server === null) return;
  const context = createSendContext({ ...options, plan: { ...plan, urls: [`${server.url}/`] } });
  const { signal } = new AbortController();
  const turn = turnFor(plan.type);
  for (let i = 0; i < ROUNDS; i++) await sendRequest(jobOf(i, turn), context, signal);
  if (plan.urls.some((url) => url.startsWith("https:"))) await loadAuthorities(server, transport);
  transport.close();
}

/**
 * The first secure connection of a process loads the authorities that are trusted, which takes some
 * 100 ms in which nothing else runs. That the server within does not speak TLS comes after that.
 */
async function loadAuthorities({ url }: WarmUpServer, transport: HttpTransport): Promise<void> {
  const request = { method: "GET" as const, headers: [], body: null };
  const { signal } = new AbortController();
  await sendNow(transport, { ...request, url: url.replace("http:", "https:"), signal }).catch(
    () => {},
  );
}

/** null where there is no loopback: then the first requests are late, and their records say so. */
function startServer(answer: Uint8Array): WarmUpServer | null {
  try {
    return new WarmUpServer(answer);
  } catch {
    return null;
  }
}

function answerOf(streaming: boolean): Uint8Array {
  const encoder = new TextEncoder();
  if (!streaming) {
    const body = JSON.stringify(WHOLE);
    const head = `content-type: application/json\r\ncontent-length: ${body.length}`;
    return encoder.encode(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`);
  }
  const events = [...STREAMED.map((event) => JSON.stringify(event)), "[DONE]"];
  const chunks = events.map((data) => `data: ${data}\n\n`)
    .map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
  const head = "content-type: text/event-stream\r\ntransfer-encoding: chunked";
  return encoder.encode(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${chunks.join("")}0\r\n\r\n`);
}

function jobOf(index: number, turn: Turn): RequestJob {
  const conversation: Conversation = { index: 0, id: "warm-up", opening: [], turns: [turn] };
  return {
    credit: { ...CREDIT, id: index, index },
    conversation,
    receivedNs: 0,
    conversationWaitNs: 0,
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

/** The turn with what an endpoint of this type cannot do without. */
function turnFor(type: string): Turn {
  switch (endpointFacts(type).needs) {
    case "audios":
      return {
        ...TURN,
        media: { images: [], audios: ["data:audio/wav;base64,UklGRg=="], videos: [] },
      };
    case "body":
      return { ...TURN, body: "{}" };
    case "passages":
      return { ...TURN, passages: ["Yes."] };
    default:
      return TURN;
  }
}
