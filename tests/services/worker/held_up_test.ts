import { assertEquals } from "@std/assert";
import type {
  HttpAnswer,
  HttpMessage,
  HttpTransport,
} from "../../../common/http/http_transport.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { JOB, sendOnce } from "./sending.ts";

/** A transport that refuses everything with 500 after it has done with a message what the test says. */
function transportThat(play: (message: HttpMessage) => Promise<void>, clock: FakeClock) {
  const answer = (): HttpAnswer => ({
    status: 500,
    statusText: "",
    headNs: clock.nowNs(),
    header: () => null,
    body: {
      arrivedNs: clock.nowNs(),
      read: () => Promise.resolve({ done: true }),
      cancel() {},
    },
  });
  const transport: Pick<HttpTransport, "prepare"> = {
    prepare: (message) => ({ send: () => play(message).then(answer) }),
  };
  return transport as HttpTransport;
}

/** When a request was sent, and how long after that its head came, in ns. */
async function timesOf(
  play: (message: HttpMessage, clock: FakeClock) => Promise<void>,
): Promise<(number | null)[]> {
  const clock = new FakeClock(5e6);
  const transport = transportThat((message) => play(message, clock), clock);
  const { sentNs, headersAfterNs } = await sendOnce({ clock, transport });
  return [sentNs, headersAfterNs];
}

Deno.test("what this machine holds up is late: it counts as sent when it goes out", async () => {
  const times = await timesOf(async ({ onHeld, onHeldUp, onSent }, clock) => {
    onHeld!();
    await clock.advance(30);
    onHeldUp!();
    onSent!();
    await clock.advance(4);
  });
  assertEquals(times, [35e6, 4e6]);
});

Deno.test("what is given up while this machine holds it up was never sent", async () => {
  const clock = new FakeClock(5e6);
  const stop = new AbortController();
  const transport = transportThat(async ({ onHeld }) => {
    onHeld!();
    await clock.advance(30);
    stop.abort();
    throw stop.signal.reason;
  }, clock);
  const record = await sendOnce({ clock, transport }, stop.signal);
  assertEquals([record.outcome, record.sentNs, record.endAfterNs], ["cancelled", null, null]);
  assertEquals(record.error!.message, "the run ended before the request was sent");
});

Deno.test("what this machine holds up until its time is up was never sent, and no server is blamed for it", async () => {
  const clock = new FakeClock(5e6);
  const transport: Pick<HttpTransport, "prepare"> = {
    prepare: ({ onHeld }) => ({
      send: (signal) => {
        onHeld!();
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
      },
    }),
  };
  const sending = sendOnce({ clock, transport: transport as HttpTransport });
  await clock.advance(60_000);
  const { outcome, sentNs, error } = await sending;
  assertEquals([outcome, sentNs], ["error", null]);
  assertEquals(error, {
    code: null,
    type: "NotSentInTime",
    message: "this machine was too busy to send the request within 60 s",
  });
});

Deno.test("a redirect that is held up is a part of the answer", async () => {
  const times = await timesOf(async ({ onHeld, onHeldUp, onSent }, clock) => {
    onSent!();
    onHeld!();
    await clock.advance(30);
    onHeldUp!();
    onSent!();
    await clock.advance(4);
  });
  assertEquals(times, [5e6, 34e6]);
});

Deno.test("a request has begun when its transport says so, once, or when it has ended before that", async () => {
  const begunWhen = async (play: (message: HttpMessage, events: string[]) => void) => {
    const events: string[] = [];
    const clock = new FakeClock();
    const transport = transportThat((message) => {
      play(message, events);
      return Promise.resolve();
    }, clock);
    const job = { ...JOB, onBegun: () => void events.push("begun") };
    await sendOnce({ clock, transport, job });
    return [...events, "ended"];
  };
  const held = await begunWhen(({ onHeld, onHeldUp, onBegun }, events) => {
    onHeld!();
    events.push("held");
    onHeldUp!();
    onBegun!();
    events.push("redirected");
    onBegun!();
  });
  assertEquals(held, ["held", "begun", "redirected", "ended"]);
  const refused = await begunWhen(() => {
    throw new Error("no way");
  });
  assertEquals(refused, ["begun", "ended"]);
});

Deno.test("a record says when its connection stands for one that was closed", async () => {
  const isReconnect = async (...replacements: boolean[]) => {
    const clock = new FakeClock();
    const transport = transportThat(({ onConnection }) => {
      for (const isReplacement of replacements) {
        onConnection!({ openedInNs: 1, isReplacement, open: 1 });
      }
      return Promise.resolve();
    }, clock);
    return (await sendOnce({ clock, transport })).isReconnect;
  };
  assertEquals(await isReconnect(false), undefined);
  assertEquals(await isReconnect(true), true);
  // After a redirect there may be another one.
  assertEquals(await isReconnect(true, false), true);
});
