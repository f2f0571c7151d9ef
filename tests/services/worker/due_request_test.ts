import { assertEquals } from "@std/assert";
import type { Conversation } from "../../../common/model/conversation.ts";
import { AbortableWaits } from "../../../services/worker/abortable_waits.ts";
import { DueRequest } from "../../../services/worker/due_request.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";
import { JOB } from "./sending.ts";

const { conversation: CONVERSATION, credit } = JOB;

/** A request, and what is done for it; `fault` is what its sending ends with. */
function scene(conversation: Conversation | Promise<Conversation>, fault: unknown = null) {
  const clock = new FakeClock(1e6);
  const waits = new AbortableWaits();
  const events: string[] = [];
  const request = new DueRequest({ credit, conversation, receivedNs: 7 }, {
    clock,
    waits,
    prepare(received) {
      const { conversation, conversationWaitNs, receivedNs } = received;
      assertEquals([received.credit, receivedNs], [credit, 7]);
      const what = conversation === CONVERSATION ? "it" : `nothing of ${conversation.index}`;
      events.push(`prepared ${what} after ${conversationWaitNs / 1e6} ms`);
      return "request";
    },
    send(prepared) {
      events.push(`sent ${prepared} at ${clock.nowNs() / 1e6} ms`);
      return fault === null ? Promise.resolve() : Promise.reject(fault);
    },
    onFault: (error) => events.push(`fault: ${error}`),
  });
  return { clock, waits, events, request };
}

Deno.test("a request whose conversation is at hand is prepared beforehand and sent as it is", () => {
  const { request, events } = scene(CONVERSATION);
  request.prepare();
  assertEquals(events, ["prepared it after 0 ms"]);
  request.leave();
  assertEquals(events.slice(1), ["sent request at 1 ms"]);
});

Deno.test("a request that nobody had time to prepare is prepared when it leaves", () => {
  const { request, events } = scene(CONVERSATION);
  request.leave();
  assertEquals(events, ["prepared it after 0 ms", "sent request at 1 ms"]);
});

Deno.test("a request whose conversation comes before it is due is prepared then", async () => {
  const coming = Promise.withResolvers<Conversation>();
  const { clock, request, events } = scene(coming.promise);
  request.prepare();
  request.onArrival(() => {
    events.push("arrived");
    request.prepare();
  });
  await clock.advance(4);
  coming.resolve(CONVERSATION);
  await settle();
  assertEquals(events, ["arrived", "prepared it after 0 ms"]);
  request.leave();
  assertEquals(events.slice(2), ["sent request at 5 ms"]);
});

Deno.test("a conversation that does not come is told of when the request is due", async () => {
  const { request, events } = scene(Promise.reject(new Error("gone")));
  request.onArrival(() => events.push("arrived"));
  await settle();
  assertEquals(events, []);
  request.leave();
  await settle();
  assertEquals(events, ["fault: Error: gone"]);
});

Deno.test("a request that is due waits for its conversation, and knows for how long", async () => {
  const coming = Promise.withResolvers<Conversation>();
  const { clock, request, events } = scene(coming.promise);
  request.prepare();
  request.leave();
  await clock.advance(4);
  assertEquals(events, []);
  coming.resolve(CONVERSATION);
  await settle();
  assertEquals(events, ["prepared it after 4 ms", "sent request at 5 ms"]);
});

Deno.test("a request that is called off while it waits is sent at once, to become a record", async () => {
  const coming = Promise.withResolvers<Conversation>();
  const { clock, waits, request, events } = scene(coming.promise);
  request.leave();
  await clock.advance(2);
  waits.abort();
  await settle();
  assertEquals(events, ["prepared nothing of 4 after 2 ms", "sent request at 3 ms"]);
});

Deno.test("what cannot be prepared is a fault when it is due, and no sooner", async () => {
  const faults: string[] = [];
  const request = new DueRequest({ credit, conversation: CONVERSATION, receivedNs: 7 }, {
    clock: new FakeClock(),
    waits: new AbortableWaits(),
    prepare() {
      throw new Error("unthinkable");
    },
    send: () => Promise.resolve(),
    onFault: (error) => faults.push(String(error)),
  });
  request.prepare();
  await settle();
  assertEquals(faults, []);
  request.leave();
  await settle();
  assertEquals(faults, ["Error: unthinkable"]);
});

Deno.test("a fault, or a conversation that cannot be had, is told", async () => {
  const broken = scene(CONVERSATION, "broken");
  broken.request.leave();
  await settle();
  assertEquals(broken.events.at(-1), "fault: broken");
  const missing = scene(Promise.reject("gone"));
  missing.request.leave();
  await settle();
  assertEquals(missing.events, ["fault: gone"]);
});
