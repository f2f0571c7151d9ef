import type { Channel, Transport } from "../../common/comms/channel.ts";
import { encodeFrames } from "../../common/comms/frame.ts";
import { memoryChannelPair, MemoryTransport } from "../../common/comms/memory_transport.ts";
import type { Message } from "../../common/comms/messages.ts";
import {
  UnixChannel,
  type UnixChannelOptions,
  UnixTransport,
} from "../../common/comms/unix_transport.ts";

/** Both ends of a connection. */
export interface ChannelPair extends AsyncDisposable {
  readonly ours: Channel;
  readonly theirs: Channel;
  /** Sends a text that may be no message from ours to theirs. */
  sendText(text: string): Promise<void>;
}

/** Both ends of a Unix socket, with the bare connection of our end. */
export interface UnixPair extends ChannelPair {
  readonly connection: Deno.UnixConn;
}

/** A connection in memory. */
export function memoryPair(): ChannelPair {
  const [ours, theirs] = memoryChannelPair("theirs");
  return {
    ours,
    theirs,
    async sendText(text: string): Promise<void> {
      await theirs.put(text);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([ours.close(), theirs.close()]);
    },
  };
}

/** A connection over a Unix socket. */
export async function unixPair(options: UnixChannelOptions = {}): Promise<UnixPair> {
  const folder = await Deno.makeTempDir({ prefix: "aiperf-test-" });
  const path = `${folder}/pair.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const [connection, other] = await Promise.all([
    Deno.connect({ transport: "unix", path }),
    listener.accept(),
  ]);
  listener.close();
  const ours = new UnixChannel(connection, "theirs", options);
  const theirs = new UnixChannel(other, "a client of theirs", options);
  return {
    ours,
    theirs,
    connection,
    sendText: (text) => writeAll(connection, encodeFrames([text])),
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([ours.close(), theirs.close()]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Writes all of the bytes to a connection. */
export async function writeAll(connection: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** A transport and what it leaves behind. */
export interface TestTransport extends Disposable {
  readonly transport: Transport;
}

/** A transport in memory. */
export function memoryTransport(): TestTransport {
  return { transport: new MemoryTransport(), [Symbol.dispose]() {} };
}

/** A transport over Unix sockets in a fresh folder. */
export function unixTransport(): TestTransport {
  const folder = Deno.makeTempDirSync({ prefix: "aiperf-test-" });
  return {
    transport: new UnixTransport(folder),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** Keeps what a channel delivers. */
export class Inbox {
  readonly messages: Message[] = [];
  readonly problems: Error[] = [];
  #waiters: { count: number; resolve: () => void }[] = [];

  /** Takes everything that arrives on a channel; `hold` makes each message wait. */
  constructor(channel: Channel, hold: (message: Message) => void | Promise<void> = () => {}) {
    channel.receive((message) => {
      this.messages.push(message);
      this.#wake();
      return hold(message);
    }, (problem) => {
      this.problems.push(problem);
      this.#wake();
    });
  }

  /** Resolves when so many messages, good and bad, have arrived. */
  async count(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ count, resolve });
    this.#wake();
    await promise;
  }

  #wake(): void {
    const arrived = this.messages.length + this.problems.length;
    for (const { resolve } of this.#waiters.filter(({ count }) => count <= arrived)) resolve();
    this.#waiters = this.#waiters.filter(({ count }) => count > arrived);
  }
}
