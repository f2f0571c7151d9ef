import { assertEquals } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { sendRequest } from "../../../services/worker/send_request.ts";
import { watchedTransport } from "../../helpers/watched_transport.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { chunk, chunkedHead, startRawServer } from "../../helpers/raw_server.ts";
import { contextOf, JOB } from "./sending.ts";

const NEVER = new AbortController().signal;

function delta(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
}

/** Starts a request to a server that answers with `head` and then no more. */
async function hang(head: string, signal: AbortSignal = NEVER) {
  const clock = new FakeClock();
  const heard = Promise.withResolvers<void>();
  const server = startRawServer(async (connection) => {
    await connection.request();
    await connection.write(head);
    heard.resolve();
  });
  const transport = new Http1Transport({ dial, clock });
  const read = Promise.withResolvers<void>();
  const context = contextOf({
    clock,
    plan: { urls: [server.url], timeoutMs: 1500 },
    transport: watchedTransport(transport, { onAnswer: () => read.resolve() }),
  });
  const record = sendRequest(JOB, context, signal);
  await heard.promise;
  if (head !== "") await read.promise;
  return {
    clock,
    context,
    record,
    close() {
      transport.close();
      server.close();
    },
  };
}

for (const [when, head] of [["never answers", ""], ["stops in mid-answer", chunkedHead()]]) {
  Deno.test(`a server that ${when} runs into the time limit`, async () => {
    const { clock, context, record, close } = await hang(head!);
    await clock.advance(1500);
    const { outcome, error, endAfterNs, chunksAfterNs } = await record;
    assertEquals({ outcome, error, endAfterNs, chunksAfterNs }, {
      outcome: "error",
      error: { code: null, type: "Timeout", message: "no complete answer within 1.5 s" },
      endAfterNs: 1.5e9,
      chunksAfterNs: [],
    });
    assertEquals(context.inFlight.size, 0);
    close();
  });

  Deno.test(`a server that ${when} is left when the run ends`, async () => {
    const run = new AbortController();
    const { clock, context, record, close } = await hang(head!, run.signal);
    await clock.advance(700);
    run.abort();
    const { outcome, error, endAfterNs } = await record;
    assertEquals({ outcome, error, endAfterNs }, {
      outcome: "cancelled",
      error: {
        code: 499,
        type: "RequestCancellationError",
        message: "the run ended before the answer was complete",
      },
      endAfterNs: 7e8,
    });
    assertEquals(context.inFlight.size, 0);
    close();
  });
}

Deno.test("a server that does not close after [DONE] is not waited for", async () => {
  const answer = chunkedHead() + chunk(delta("a") + "data: [DONE]\n\n");
  const { clock, context, record, close } = await hang(answer);
  // The answer is on its way to the reader: real I/O, so let the event loop turn until it is there.
  while (!context.inFlight.isLingering) await new Promise((resolve) => setTimeout(resolve));
  await clock.advance(1999);
  assertEquals(context.inFlight.size, 1);
  await clock.advance(1);
  const { outcome, chunksAfterNs, endAfterNs } = await record;
  assertEquals({ outcome, chunksAfterNs, endAfterNs }, {
    outcome: "success",
    chunksAfterNs: [0],
    endAfterNs: 0,
  });
  close();
});
