import type { Conversation, Turn } from "../../common/model/conversation.ts";
import { sentTurns } from "../../common/model/history.ts";
import type { RequestBody } from "./endpoints/endpoint.ts";
import { LineFile } from "../../common/runtime/line_file.ts";

/** So many conversations are asked for and written at a time. */
const BATCH = 256;

/** What `inputs.json` is made from. */
export interface InputsOptions {
  readonly path: string;
  /** Which conversations to write. */
  readonly indexes: readonly number[];
  readonly fetch: (indexes: readonly number[]) => Promise<Conversation[]>;
  /** The body that a request with these turns has. */
  readonly body: (turns: readonly Turn[]) => RequestBody;
}

/**
 * Writes the request bodies by session, one session a line, never holding more than a few of them.
 *
 * The bodies are the bytes that were sent, since both are the same function of the conversation;
 * but from a session's second turn on the server's answers are left out: they differ from one
 * session to the next and are not known beforehand. Of several models each body names the first,
 * since a conversation that is held again may ask for another one.
 */
export async function writeInputs(options: InputsOptions): Promise<void> {
  const { path, indexes, fetch, body } = options;
  const file = await LineFile.create(path);
  try {
    await file.append('{"data":[');
    for (let at = 0; at < indexes.length; at += BATCH) {
      const conversations = await fetch(indexes.slice(at, at + BATCH));
      for (const [position, conversation] of conversations.entries()) {
        const isLast = at + position === indexes.length - 1;
        await file.append(sessionLine(conversation, body) + (isLast ? "" : ","));
      }
    }
    await file.append("]}");
  } finally {
    await file.close();
  }
}

function sessionLine(conversation: Conversation, body: InputsOptions["body"]): string {
  const payloads = conversation.turns.map((_, last) =>
    jsonOf(body(sentTurns(conversation, last, null)))
  );
  return `{"session_id":${JSON.stringify(conversation.id)},"payloads":[${payloads.join(",")}]}`;
}

/** A body that is no JSON is shown as what it is, byte for byte. */
function jsonOf(body: RequestBody): string {
  if (typeof body === "string") return body;
  return JSON.stringify({ content_type: body.contentType, base64: body.bytes.toBase64() });
}
