import * as z from "zod/mini";
import type { Credit } from "../model/credit.ts";
import { describeError, type Logger } from "../runtime/log.ts";
import type { Peer } from "./peer.ts";

/** How often those who have handed out credits make sure that somebody holds them. */
export const MISSING_CHECK_MS = 5_000;

/**
 * Asks who was handed credits which of them it does not hold.
 *
 * All that was sent over a connection before the question has arrived before it, and what was
 * returned before the answer has come before it: so a credit that is then neither held nor returned
 * is lost for certain. Empty when there is no answer: heartbeats tell what is wrong then.
 */
export async function askForMissing(
  holder: Pick<Peer, "id" | "request">,
  credits: readonly Credit[],
  log: Logger,
): Promise<Credit[]> {
  const command = { kind: "find_missing_credits" as const, ids: credits.map(({ id }) => id) };
  try {
    const answer = await holder.request(command, MISSING_CHECK_MS);
    const missing = new Set(z.array(z.int()).parse(answer));
    return credits.filter(({ id }) => missing.has(id));
  } catch (error) {
    log.debug(`Cannot tell which credits ${holder.id} holds: ${describeError(error)}`);
    return [];
  }
}
