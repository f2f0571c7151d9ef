import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import type { HttpAnswer, HttpRequest } from "../../../common/http/http_transport.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { type Clock, SystemClock } from "../../../common/runtime/clock.ts";
import {
  type RawConnection,
  type RawServer,
  startRawServer,
  wholeAnswer,
} from "../../helpers/raw_server.ts";

/** A small whole answer. */
export const ANSWER = wholeAnswer("200 OK", "application/json", "{}");

/** A client and a server. */
export interface Scene {
  readonly server: RawServer;
  readonly transport: Http1Transport;
  /** Sends a request. */
  send(change?: Partial<HttpRequest>): Promise<HttpAnswer>;
  /** Sends a request and reads its answer. */
  ask(change?: Partial<HttpRequest>): Promise<string>;
}

/** Plays a scene between a client and a server that does what `handle` says. */
export async function withScene(
  handle: (connection: RawConnection) => Promise<void>,
  play: (scene: Scene) => Promise<void>,
  clock: Clock = new SystemClock(Math.floor(performance.timeOrigin)),
): Promise<void> {
  const server = startRawServer(handle);
  const transport = new Http1Transport({ dial, clock });
  const send = (change: Partial<HttpRequest> = {}) =>
    sendNow(transport, {
      method: "POST",
      url: server.url,
      headers: [],
      body: "{}",
      signal: new AbortController().signal,
      ...change,
    });
  try {
    const ask = async (change?: Partial<HttpRequest>) => await readAll(await send(change));
    await play({ server, transport, send, ask });
  } finally {
    transport.close();
    server.close();
  }
}

/** Reads an answer to its end. */
export async function readAll({ body }: HttpAnswer): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await body.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
}

/** Answers every request of a connection in the same way. */
export function always(answer: string): (connection: RawConnection) => Promise<void> {
  return async (connection) => {
    while (await connection.request() !== null) await connection.write(answer);
  };
}

/** A server that answers only when `together` requests wait for an answer. */
export function barrier(together: number): (connection: RawConnection) => Promise<void> {
  let waiting: (() => void)[] = [];
  return async (connection) => {
    while (await connection.request() !== null) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < together) return;
        for (const answer of waiting) answer();
        waiting = [];
      });
      await connection.write(ANSWER);
    }
  };
}
