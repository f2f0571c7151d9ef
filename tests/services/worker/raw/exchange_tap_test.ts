import { assertEquals } from "@std/assert";
import { FetchTransport } from "../../../../common/http/fetch_transport.ts";
import { ExchangeTap } from "../../../../services/worker/raw/exchange_tap.ts";
import { play, PlayedClock, type Read } from "../played_answer.ts";
import { sendOnce } from "../sending.ts";

const READS: Read[] = [
  [100, 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'],
  [250, 'data: {"choices":[{"delta":{"content":"b"}}]}\n\ndata: [DONE]\n\n'],
];

Deno.test("a request that is listened to has the same record, and is kept", async () => {
  const clock = new PlayedClock();
  const transport = new FetchTransport({ fetch: play({ reads: READS }, clock), clock });
  const tap = new ExchangeTap(transport);
  const record = await sendOnce({ transport: tap, clock });

  const other = new PlayedClock();
  const bare = new FetchTransport({ fetch: play({ reads: READS }, other), clock: other });
  assertEquals(record, await sendOnce({ transport: bare, clock: other }));
  assertEquals(record.chunksAfterNs, [100, 250]);
  const texts = tap.pieces.map(({ bytes }) => new TextDecoder().decode(bytes));
  assertEquals(texts, READS.map(([, text]) => text));
  assertEquals(tap.pieces.map(({ atNs }) => atNs - record.sentNs!), [100, 250]);
  assertEquals(tap.sent?.url, "http://server.test:8000/v1/chat/completions");
});

Deno.test("what had come of an answer that broke is kept", async () => {
  const clock = new PlayedClock();
  const broken = { reads: READS.slice(0, 1), breaksWith: new Error("connection reset by peer") };
  const tap = new ExchangeTap(new FetchTransport({ fetch: play(broken, clock), clock }));
  const record = await sendOnce({ transport: tap, clock });
  assertEquals([record.outcome, tap.pieces.length], ["error", 1]);
});
