import { assertEquals } from "@std/assert";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import type { ByteStream } from "../../../common/http/http1_connection.ts";
import { ReadQueue } from "../../../common/http/read_queue.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { FakeTurns } from "../../helpers/fake_turns.ts";

const ANSWER = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

/** A connection whose server answers each request when the test says so. */
class Connection implements ByteStream {
  #answers = 0;
  #waiting: (() => void) | null = null;

  answer(): void {
    this.#answers++;
    this.#waiting?.();
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number> {
    while (this.#answers === 0) await new Promise<void>((resolve) => this.#waiting = resolve);
    this.#answers--;
    buffer.set(ANSWER);
    return ANSWER.length;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  close(): void {}
}

Deno.test("of many requests at once some wait a turn, take what is idle by then, and tell that they were held up", async () => {
  const clock = new FakeClock();
  const turns = new FakeTurns();
  const connections: Connection[] = [];
  const dial = () => {
    connections.push(new Connection());
    return Promise.resolve(connections.at(-1)!);
  };
  const transport = new Http1Transport({ dial, clock, reads: new ReadQueue(turns) });
  const held: number[] = [];
  const heldUp: number[] = [];
  const begun: number[] = [];
  let answered = 0;
  const ask = async (i: number) => {
    const { body } = await sendNow(transport, {
      method: "GET",
      url: "http://server.test/",
      headers: [],
      body: null,
      signal: new AbortController().signal,
      onHeld: () => held.push(i),
      onHeldUp: () => heldUp.push(i),
      onBegun: () => begun.push(i),
    });
    await body.read();
    answered++;
  };
  const all = Array.from({ length: 40 }, (_, i) => ask(i));
  await clock.advance(0);
  assertEquals([connections.length, heldUp.length], [32, 0]);
  assertEquals(held, [32, 33, 34, 35, 36, 37, 38, 39]);
  assertEquals(begun, Array.from({ length: 32 }, (_, i) => i));
  for (const connection of connections.slice(0, 5)) connection.answer();
  await clock.advance(0);
  assertEquals(answered, 5);
  turns.turn();
  await clock.advance(0);
  // Five of the eight found an idle connection.
  assertEquals([connections.length, heldUp], [35, [32, 33, 34, 35, 36, 37, 38, 39]]);
  assertEquals(begun.slice(32), [32, 33, 34, 35, 36, 37, 38, 39]);
  for (const connection of connections) connection.answer();
  await Promise.all(all);
  transport.close();
});
