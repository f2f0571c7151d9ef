import type { Message } from "./messages.ts";

/**
 * What a channel does with each message it gets; a promise holds the next message back.
 *
 * `text`: the message as it came, for who passes it on.
 */
export type MessageHandler = (message: Message, text: string) => void | Promise<void>;

/** What a channel does with a message that cannot be used; the message is dropped. */
export type BadMessageHandler = (problem: Error) => void;

/**
 * A connection to one other service that carries messages both ways, in order.
 *
 * Nothing above this interface knows whether a socket or memory is under it.
 */
export interface Channel {
  /** Names the other side in logs and errors. */
  peer: string;
  /** Bytes (or messages, in memory) that were sent but not yet handed over. */
  readonly queued: number;
  /** Resolves, never rejects, once the connection is gone; with the error that ended it, if any. */
  readonly closed: Promise<Error | null>;
  /**
   * Sends a message.
   *
   * Returns undefined while there is room, else a promise that resolves when there is room again:
   * a sender that can wait should. Sending on a closed channel is ignored: `closed` tells.
   */
  send(message: Message): Promise<void> | undefined;
  /** Sends a message whose JSON is there already; otherwise like `send`. */
  sendText(text: string): Promise<void> | undefined;
  /**
   * Like `sendText`, for what nobody waits for: it may stay here for some milliseconds, so that one
   * write takes many. Whatever is sent after it takes it along.
   */
  sendTextLater(text: string): Promise<void> | undefined;
  /** Starts delivery; call it once. */
  receive(onMessage: MessageHandler, onBadMessage: BadMessageHandler): void;
  /** Sends what is queued and ends the connection. */
  close(): Promise<void>;
}

/** A place where connections come in. */
export interface Listener {
  close(): void;
}

/** Makes connections by name. */
export interface Transport {
  /** Takes connections under a name. */
  listen(name: string, onConnection: (channel: Channel) => void): Listener;
  /** Connects to a name; rejects when nobody listens there. */
  connect(name: string): Promise<Channel>;
}
