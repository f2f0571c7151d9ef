import type { Conversation, Turn } from "../../common/model/conversation.ts";
import type { ChatMessage, RenderChat } from "../../common/tokenizer/chat_template.ts";
import type { TokenCounter } from "./metrics/token_counts.ts";

/**
 * The tokens of what is sent up to each turn of a conversation, without the server's answers in
 * between.
 *
 * `counter` may be null when every turn was counted where it was made, and no recorded answers are
 * sent.
 */
export function promptTokens(
  { opening, turns, history }: Conversation,
  counter: TokenCounter | null,
): number[] {
  const opened = sum(opening.map((turn) => tokensOf(turn, counter)));
  let before = opened;
  return turns.map((turn) => {
    const own = tokensOf(turn, counter);
    const sent = own + (turn.isStandalone ? 0 : history === "none" ? opened : before);
    before += own;
    if (history === "dataset") before += counter?.count(turn.answer ?? "") ?? 0;
    return sent;
  });
}

/**
 * The same as the model's chat template writes it, with all that the template adds.
 *
 * The server's answers in between are left empty: their tokens are counted when they come.
 */
export function chatTokens(
  { opening, turns, history }: Conversation,
  counter: TokenCounter,
  render: RenderChat,
): number[] {
  const opened: ChatMessage[] = opening.flatMap(messagesOf);
  const before = [...opened];
  return turns.map((turn) => {
    const own = messagesOf(turn);
    const sent = turn.isStandalone ? own : [...(history === "none" ? opened : before), ...own];
    const content = history === "dataset" ? turn.answer ?? "" : "";
    before.push(...own, { role: "assistant", content });
    return counter.count(render(sent));
  });
}

function tokensOf(turn: Turn, counter: TokenCounter | null): number {
  return turn.inputTokens ?? sum(textsOf(turn).map((text) => counter!.count(text)));
}

function textsOf({ texts, messages, passages, body }: Turn): string[] {
  if (body !== null) return textsIn(parse(body));
  if (messages !== null) return messages.flatMap(({ content }) => textsIn(content));
  return passages === null ? texts : [...texts, ...passages];
}

function messagesOf({ role, texts, messages, body }: Turn): ChatMessage[] {
  const own = body === null ? messages : messagesIn(parse(body));
  if (own === null) return [{ role, content: texts.join("\n") }];
  return own.map((message) => ({
    ...message,
    role: String(message["role"] ?? "user"),
    content: textsIn(message["content"]).join("\n"),
  }));
}

function messagesIn(body: unknown): Record<string, unknown>[] {
  const messages = isObject(body) ? body["messages"] : null;
  if (Array.isArray(messages)) return messages.filter(isObject);
  return textsIn(body).map((content) => ({ role: "user", content }));
}

/** Where requests of the usual APIs hold what the model is to read. */
const TEXT_FIELDS = ["messages", "prompt", "input", "content", "text", "system", "instructions"];

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isObject(value)) return [];
  return TEXT_FIELDS.flatMap((name) => textsIn(value[name]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
