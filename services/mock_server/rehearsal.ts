import { CHAT_PATH, rehearsalOf, TEXT_PATHS } from "./rehearsal_requests.ts";
import { startMockServer } from "./server.ts";

/** So many play at the same time, so that what many clients set off is played, too. */
const PLAYERS = 4;

/**
 * Has this process answer requests before any counts, so that the first are as quick as later ones.
 *
 * A server of its own plays to clients in this process: what that compiles and opens for the first
 * time is ready afterwards, and no trace is left in the server that is to be measured. The first
 * round has every API that answers with text; more of chat completions follow until `forMs` have gone
 * by. Returns how many requests were answered; 0 where there is no port or connection to be had,
 * as a server that has not rehearsed is a server all the same.
 */
export async function rehearse(forMs: number): Promise<number> {
  const endMs = performance.now() + forMs;
  try {
    // With a pause before the first token, the timer is part of the play.
    const stage = startMockServer({ ttftMs: 1 });
    try {
      await Promise.all([play(stage.port), perform(stage.port, rehearsalOf(TEXT_PATHS))]);
      while (performance.now() < endMs) await play(stage.port);
    } finally {
      await stage.stop();
    }
    return stage.stats().finished;
  } catch {
    return 0;
  }
}

async function play(port: number): Promise<void> {
  const requests = rehearsalOf([CHAT_PATH]);
  await Promise.all(Array.from({ length: PLAYERS }, () => perform(port, requests)));
}

/** Sends requests, the last of which has the server close the connection, and reads until it does. */
async function perform(port: number, requests: Uint8Array): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  for (let at = 0; at < requests.length;) at += await connection.write(requests.subarray(at));
  const buffer = new Uint8Array(64 * 1024);
  while (await connection.read(buffer) !== null);
}
