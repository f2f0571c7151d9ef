import type { Message } from "../../common/comms/messages.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { BareConnection } from "./bare_messages.ts";

const PEER = new URL("./messages_peer.ts", import.meta.url).pathname;

/** What one way of sending messages reaches. */
export interface MessageSpeed {
  /** Credits per second from one process to another, with nothing coming back. */
  oneWayPerSecond: number;
  /** Microseconds from sending one message until its echo from another process is there. */
  roundTripUs: number;
}

/** Channels against bare code on the same machine in the same minute. */
export interface MessagesResult {
  /** `UnixChannel`: frames, back-pressure, every message validated. */
  ours: MessageSpeed;
  /** JSON with a length in front, and nothing else. */
  bare: MessageSpeed;
}

/** How much to measure. */
export interface MessagesOptions {
  /** Messages of one one-way measurement. */
  messages?: number;
  /** Round trips of one measurement. */
  roundTrips?: number;
  /** Measurements of each kind, taken in turns; the medians are given. */
  rounds?: number;
}

/** Sends messages and brings back what comes. */
interface Line {
  send(message: Message): Promise<void> | undefined;
  /** Sends what is not sent yet. */
  flush(): Promise<void> | undefined;
  /** The next message that comes back. */
  next(): Promise<Message>;
  close(): void | Promise<void>;
}

/** Measures messages between two processes over a Unix socket. */
export async function measureMessages(options: MessagesOptions = {}): Promise<MessagesResult> {
  const { messages = 100_000, roundTrips = 4_000, rounds = 3 } = options;
  const folder = await Deno.makeTempDir({ prefix: "aiperf-bench-" });
  const peer = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", PEER, folder],
    stdout: "piped",
  }).spawn();
  try {
    const reader = peer.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const lines = [await openOurs(folder), await openBare(folder)] as const;
    const speeds = await takeTurns(lines, { messages, roundTrips, rounds });
    await Promise.all(lines.map((line) => line.close()));
    return { ours: speeds[0]!, bare: speeds[1]! };
  } finally {
    peer.kill();
    await peer.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function takeTurns(
  lines: readonly Line[],
  { messages, roundTrips, rounds }: Required<MessagesOptions>,
): Promise<MessageSpeed[]> {
  const oneWay = lines.map((): number[] => []);
  const trips = lines.map((): number[] => []);
  for (const line of lines) {
    await oneWayPerSecond(line, messages / 5);
    await roundTripUs(line, roundTrips / 5);
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, line] of lines.entries()) {
      oneWay[i]!.push(await oneWayPerSecond(line, messages));
      trips[i]!.push(await roundTripUs(line, roundTrips));
    }
  }
  return lines.map((_, i) => ({
    oneWayPerSecond: median(oneWay[i]!),
    roundTripUs: median(trips[i]!),
  }));
}

async function oneWayPerSecond(line: Line, messages: number): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < messages; i++) {
    const waiting = line.send(creditOf(i));
    if (waiting) await waiting;
  }
  void line.send({ type: "records_end", records: 0 });
  await line.flush();
  const reply = await line.next();
  if (reply.type !== "records_end" || reply.records !== messages) {
    throw new Error(`Lost messages: sent ${messages}, got back ${JSON.stringify(reply)}`);
  }
  return messages / (performance.now() - startMs) * 1e3;
}

async function roundTripUs(line: Line, roundTrips: number): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < roundTrips; i++) {
    void line.send({ type: "heartbeat", atNs: 0, rssBytes: i, cpuMs: 0, lags: [] });
    await line.flush();
    await line.next();
  }
  return (performance.now() - startMs) / roundTrips * 1e3;
}

function creditOf(id: number): Message {
  return {
    type: "credit",
    credit: {
      id,
      phase: "profiling",
      index: id,
      conversationIndex: id % 100,
      turnIndex: 0,
      sessionIndex: 0,
      isLastTurn: true,
      cancelAfterNs: null,
      dueNs: 1_234_567_890 + id * 1_000,
      issuedNs: 1_234_567_999 + id * 1_000,
    },
  };
}

async function openOurs(folder: string): Promise<Line> {
  const channel = await new UnixTransport(folder).connect("ours");
  const slot = new Slot();
  channel.receive((message) => slot.put(message), (problem) => {
    throw problem;
  });
  return {
    send: (message) => channel.send(message),
    flush: () => undefined,
    next: () => slot.next(),
    close: () => channel.close(),
  };
}

async function openBare(folder: string): Promise<Line> {
  const path = `${folder}/bare.sock`;
  const bare = new BareConnection(await Deno.connect({ transport: "unix", path }));
  const slot = new Slot();
  // Closing the connection is what ends the reading.
  bare.receive((message) => slot.put(message as Message)).catch(() => {});
  return {
    send: (message) => bare.send(message),
    flush: () => bare.flush(),
    next: () => slot.next(),
    close: () => bare.close(),
  };
}

/** Hands over one message at a time. */
class Slot {
  #waiting = Promise.withResolvers<Message>();

  put(message: Message): void {
    this.#waiting.resolve(message);
  }

  async next(): Promise<Message> {
    const message = await this.#waiting.promise;
    this.#waiting = Promise.withResolvers();
    return message;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) console.log(await measureMessages());
