import type { BadMessageHandler, MessageHandler } from "./channel.ts";
import { BadMessageError } from "./bad_message.ts";
import { asError } from "./channel_error.ts";
import { type Message, parseMessage } from "./messages.ts";

/** What a channel does with the messages that arrive. */
export interface Receiver {
  readonly onMessage: MessageHandler;
  readonly onBadMessage: BadMessageHandler;
}

/**
 * Hands a message's text to the receiver, checked; returns a promise when the next has to wait.
 *
 * Throws what the receiver throws, and nothing else.
 */
export function deliver(text: string, receiver: Receiver): void | Promise<void> {
  let raw: unknown;
  let message: Message;
  try {
    raw = parseJson(text);
    message = parseMessage(raw);
  } catch (error) {
    return receiver.onBadMessage(asError(error));
  }
  // What had to be changed to be a message must not be passed on as it came.
  return receiver.onMessage(message, message === raw ? text : JSON.stringify(message));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text, which may hold a secret.
    throw new BadMessageError(
      `Cannot read a message of ${text.length} characters: it is not JSON`,
      null,
    );
  }
}
