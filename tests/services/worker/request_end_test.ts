import { assertEquals } from "@std/assert";
import type { ByteReader, HttpTransport, ReadResult } from "../../../common/http/http_transport.ts";
import { prepareRequest } from "../../../services/worker/send_request.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { DONE, says, STOP } from "./played_answer.ts";
import { contextOf, JOB } from "./sending.ts";

const MS = 1e6;
const SENT_NS = 5 * MS;

/** What comes in one read, null for the end, and how many ms after the request was sent it does. */
type Arrival = readonly [atMs: number, text: string | null];

/** Reads that come at their times, and are worked on only 20 ms later each, as other work goes first. */
class BusyReader implements ByteReader {
  arrivedNs = 0;
  readonly #clock: FakeClock;
  readonly #arrivals: Iterator<Arrival>;

  constructor(clock: FakeClock, arrivals: readonly Arrival[]) {
    this.#clock = clock;
    this.#arrivals = arrivals.values();
  }

  async read(): Promise<ReadResult> {
    const { value } = this.#arrivals.next();
    if (value === undefined) throw new Error("the connection was closed");
    const [atMs, text] = value;
    this.arrivedNs = SENT_NS + atMs * MS;
    await this.#clock.advance(20);
    if (text === null) return { done: true };
    return { done: false, value: new TextEncoder().encode(text) };
  }

  cancel(): void {}
}

/** A transport that answers with `body`. */
function answering(body: ByteReader, clock: FakeClock, status = 200): HttpTransport {
  const head = { status, statusText: "", headNs: clock.nowNs(), header: () => null };
  const transport: Pick<HttpTransport, "prepare"> = {
    prepare: () => ({ send: () => Promise.resolve({ ...head, body }) }),
  };
  return transport as HttpTransport;
}

/** How many ms after it was sent a request with this answer was over, and what became of it. */
async function endOf(arrivals: readonly Arrival[], { status = 200, streaming = true } = {}) {
  const clock = new FakeClock(SENT_NS);
  const transport = answering(new BusyReader(clock, arrivals), clock, status);
  const context = contextOf({ clock, plan: { streaming }, transport });
  const request = prepareRequest(JOB, context);
  const { outcome, endAfterNs, closedAfterNs } = await request.send(new AbortController().signal);
  assertEquals(closedAfterNs ?? endAfterNs, request.endedNs - SENT_NS);
  return [outcome, (request.endedNs - SENT_NS) / MS, endAfterNs! / MS];
}

Deno.test("a request is over when its answer came to its end, whatever else the worker had to do first", async () => {
  const stream: Arrival[] = [[1, says("a")], [2, STOP + DONE]];
  assertEquals(await endOf([...stream, [3, null]]), ["success", 3, 2]);
  const json = JSON.stringify({ choices: [{ message: { content: "a" } }] });
  assertEquals(await endOf([[4, json], [4, null]], { streaming: false }), ["success", 4, 4]);
  assertEquals(await endOf([[5, "no"], [6, null]], { status: 503 }), ["error", 6, 5]);
  assertEquals(await endOf([[7, null]]), ["error", 7, 0]);
});

Deno.test("a request whose answer breaks off is over when that is noticed", async () => {
  assertEquals(await endOf([[1, says("a")]]), ["error", 20, 20]);
  assertEquals(await endOf([]), ["error", 0, 0]);
});

Deno.test("a stream is given no short time for its end before it has said its last word", async () => {
  const clock = new FakeClock(SENT_NS);
  const stream: Arrival[] = [[1, says("a")], [2, says("b")], [3, STOP + DONE], [4, null]];
  const reader = new BusyReader(clock, stream);
  const isLingering: boolean[] = [];
  const context = contextOf({
    clock,
    transport: answering(
      {
        get arrivedNs() {
          return reader.arrivedNs;
        },
        read() {
          isLingering.push(context.inFlight.isLingering);
          return reader.read();
        },
        cancel() {},
      },
      clock,
    ),
  });
  const { outcome } = await prepareRequest(JOB, context).send(new AbortController().signal);
  assertEquals(outcome, "success");
  assertEquals(isLingering, [false, false, false, true]);
});
