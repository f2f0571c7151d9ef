import type { HttpAnswer } from "../../common/http/http_transport.ts";
import { openTransport } from "../../common/http/open_transport.ts";
import { sendNow } from "../../common/http/send_now.ts";
import type { RunSecrets } from "../../common/model/run_config.ts";
import { SystemClock } from "../../common/runtime/clock.ts";

/** A question to a server, beside the load. */
export interface Question {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly secrets: RunSecrets;
  readonly signal: AbortSignal;
}

/** What a server says to a question. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** More than any list of models needs. */
const MAX_BYTES = 4 * 2 ** 20;

/** Asks a server on a connection like those of the run. Rejects as a transport does. */
export async function askServer(question: Question): Promise<Reply> {
  return await ask(question, async (answer) => {
    return { status: answer.status, text: await readText(answer) };
  });
}

/** Asks a server for the status of its answer alone: what follows may never end. Rejects likewise. */
export async function askStatus(question: Question): Promise<number> {
  return await ask(question, ({ status, body }) => {
    body.cancel();
    return status;
  });
}

async function ask<T>(
  { method, url, secrets, signal }: Question,
  read: (answer: HttpAnswer) => T | Promise<T>,
): Promise<T> {
  const transport = await openTransport(secrets.connections, new SystemClock(0));
  try {
    const answer = await sendNow(transport, {
      method,
      url,
      headers: headersOf(secrets),
      body: method === "POST" ? "" : null,
      secretHeaders: new Set(Object.keys(secrets.headers).map((name) => name.toLowerCase())),
      signal,
    });
    return await read(answer);
  } finally {
    transport.close();
  }
}

function headersOf({ apiKey, headers }: RunSecrets): [string, string][] {
  const own = Object.entries(headers);
  const hasOwn = own.some(([name]) => name.toLowerCase() === "authorization");
  return apiKey === null || hasOwn ? own : [["Authorization", `Bearer ${apiKey}`], ...own];
}

async function readText({ body }: HttpAnswer): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes <= MAX_BYTES;) {
    const { done, value } = await body.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  body.cancel();
  return text;
}
