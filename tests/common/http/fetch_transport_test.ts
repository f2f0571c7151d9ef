import { assertEquals } from "@std/assert";
import { FetchTransport } from "../../../common/http/fetch_transport.ts";
import type { HttpAnswer } from "../../../common/http/http_transport.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { byteBody } from "../../helpers/byte_body.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** Sends a request, which takes 10 ms to its head, and is answered with `body`. */
async function answerOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  clock: FakeClock,
): Promise<HttpAnswer> {
  const transport = new FetchTransport({
    clock,
    fetch: () => {
      clock.work(10);
      return Promise.resolve(new Response(body));
    },
  });
  const { signal } = new AbortController();
  return await sendNow(transport, {
    method: "GET",
    url: "http://a.test/",
    headers: [],
    body: null,
    signal,
  });
}

Deno.test("an answer without a body is over when its head has come", async () => {
  const clock = new FakeClock();
  const { headNs, body } = await answerOf(null, clock);
  clock.work(5);
  assertEquals(await body.read(), { done: true });
  assertEquals([headNs, body.arrivedNs], [10e6, 10e6]);
});

Deno.test("what a read brings, and the end of a body, have the time at which they came", async () => {
  const clock = new FakeClock();
  const pieces = [Uint8Array.of(1), Uint8Array.of(2, 3)].values();
  const body = byteBody(() => {
    clock.work(1);
    return pieces.next().value ?? null;
  });
  const answer = await answerOf(body, clock);
  const seen: [number, number[] | null][] = [];
  for (let isDone = false; !isDone;) {
    const { done, value } = await answer.body.read();
    isDone = done;
    seen.push([answer.body.arrivedNs, done ? null : [...value]]);
  }
  assertEquals(seen, [[11e6, [1]], [12e6, [2, 3]], [13e6, null]]);
});

Deno.test("a body is read byte for byte, in larger reads once one was full", async () => {
  const sent = [100, 100_000].map((size, i) => new Uint8Array(size).map((_, at) => i + at * 7));
  const pieces = sent.values();
  const { body } = await answerOf(byteBody(() => pieces.next().value ?? null), new FakeClock());
  const reads: Uint8Array<ArrayBuffer>[] = [];
  for (let result = await body.read(); !result.done; result = await body.read()) {
    reads.push(result.value.slice());
  }
  assertEquals(reads.map(({ length }) => length), [100, 4096, 65_536, 100_000 - 4096 - 65_536]);
  assertEquals(await new Blob(reads).bytes(), await new Blob(sent).bytes());
});

Deno.test("a body that is given up is told so", async () => {
  const cancelled = Promise.withResolvers<void>();
  const { body } = await answerOf(
    byteBody(() => Uint8Array.of(1), cancelled.resolve),
    new FakeClock(),
  );
  assertEquals((await body.read()).done, false);
  body.cancel();
  await cancelled.promise;
});
