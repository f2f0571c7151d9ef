import { assertEquals } from "@std/assert";
import type { HttpTransport } from "../../../common/http/http_transport.ts";
import { type Conversation, plainTurn, type Turn } from "../../../common/model/conversation.ts";
import type { Credit } from "../../../common/model/credit.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import { type RequestJob, sendRequest } from "../../../services/worker/send_request.ts";
import type { Session } from "../../../services/worker/sessions.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";
import { type Answer, DONE, event, play, PlayedClock, ROLE, says, WHOLE } from "./played_answer.ts";
import { contextOf, JOB } from "./sending.ts";

function turnOf(text: string): Turn {
  return plainTurn([text], { inputTokens: 3 });
}

const CONVERSATION: Conversation = {
  index: 4,
  id: "conversation-4",
  opening: [{ ...turnOf("be brief"), role: "system" }],
  turns: ["one", "two", "three"].map(turnOf),
};

function jobOf(session: Session, turnIndex: number, change: Partial<Credit> = {}): RequestJob {
  const isLastTurn = turnIndex === CONVERSATION.turns.length - 1;
  const credit = { ...JOB.credit, turnIndex, isLastTurn, ...change };
  return { ...JOB, credit, conversation: CONVERSATION, session };
}

interface Exchange {
  record: RequestRecord;
  body: { messages: unknown };
  correlationId: string | null;
}

/** Sends one turn of a session and plays the answer. */
async function exchange(
  job: RequestJob,
  answer: Answer,
  streaming = true,
): Promise<Exchange> {
  const clock = new PlayedClock();
  const played = play(answer, clock);
  let init: RequestInit = {};
  const context = contextOf({
    clock,
    plan: { streaming, tokenCountSource: "server" },
    fetch: (url, given) => played(url, init = given),
  });
  const record = await sendRequest(job, context, new AbortController().signal);
  const correlationId = new Headers(init.headers).get("x-correlation-id");
  return { record, body: JSON.parse(String(init.body ?? "{}")), correlationId };
}

const THINKING = event({ index: 0, delta: { reasoning_content: "hm" } });
const CALLING = event({
  index: 0,
  delta: { tool_calls: [{ index: 0, function: { name: "f", arguments: "{}" } }] },
});

Deno.test("each turn sends what was said before and the server's real answers", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const first = await exchange(jobOf(session, 0), {
    reads: [[10, ROLE + THINKING], [20, says("O") + says("NE") + CALLING], [30, DONE]],
  });
  assertEquals(first.body.messages, [
    { role: "system", content: "be brief" },
    { role: "user", content: "one" },
  ]);
  const second = await exchange(jobOf(session, 1), { reads: [[10, says("TWO") + DONE]] });
  const third = await exchange(jobOf(session, 2), { reads: [[10, says("THREE") + DONE]] });
  assertEquals(third.body.messages, [
    { role: "system", content: "be brief" },
    { role: "user", content: "one" },
    { role: "assistant", content: "ONE" },
    { role: "user", content: "two" },
    { role: "assistant", content: "TWO" },
    { role: "user", content: "three" },
  ]);
  const exchanges = [first, second, third];
  assertEquals(exchanges.map(({ correlationId }) => correlationId), Array(3).fill("session-1"));
  assertEquals(exchanges.map(({ record }) => record.inputTokens), [6, 9, 12]);
  assertEquals(exchanges.map(({ record }) => record.isLastTurn), [false, false, true]);
  assertEquals(session.answers, ["ONE", "TWO"]);
});

Deno.test("an answer that was not streamed is part of the session, too", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const answer: Answer = { type: "application/json", reads: [[10, WHOLE]] };
  await exchange(jobOf(session, 0), answer, false);
  assertEquals(session.answers, ["Hi"]);
});

Deno.test("a turn that failed has no answer", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const { record } = await exchange(jobOf(session, 0), { status: 500, reads: [[10, "no"]] });
  assertEquals([record.outcome, session.answers], ["error", []]);
});

Deno.test("a connection that breaks after the last word leaves the answer whole", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const { record } = await exchange(jobOf(session, 0), {
    reads: [[10, says("ONE") + DONE]],
    breaksWith: new TypeError("error reading a body from connection"),
  });
  assertEquals([record.outcome, session.answers], ["success", ["ONE"]]);
});

Deno.test("a turn whose history is elsewhere is an error, and nothing is sent", async () => {
  const session = { correlationId: "session-1", answers: ["ONE"] };
  const { record, correlationId } = await exchange(jobOf(session, 2), { reads: [] });
  assertEquals([record.sentNs, correlationId], [null, null]);
  assertEquals(record.error, {
    code: null,
    type: "InternalError",
    message: "Error: the history of the session is not here: 1 of 2",
  });
});

Deno.test("the first piece of content is told once, when it comes", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const told: number[] = [];
  const tell = { onFirstContent: (atNs: number) => told.push(atNs) };
  const { record } = await exchange({ ...jobOf(session, 0), ...tell }, {
    reads: [[10, ROLE], [20, THINKING + says("a")], [30, says("b") + DONE]],
  });
  assertEquals(told, [record.sentNs! + 20]);
  await exchange({ ...jobOf(session, 0), ...tell }, { reads: [[10, ROLE + DONE]] });
  assertEquals(told.length, 1);
});

Deno.test("a request that is to be cut off is cut off so long after it was sent", async () => {
  const clock = new FakeClock(0);
  let signal: AbortSignal | null | undefined;
  const context = contextOf({
    clock,
    fetch: (_url, init) => {
      signal = init.signal;
      return new Promise((_, reject) =>
        signal!.addEventListener("abort", () => reject(signal!.reason))
      );
    },
  });
  const session = { correlationId: "session-1", answers: [] };
  const job = jobOf(session, 0, { cancelAfterNs: 250e6 });
  const sent = sendRequest(job, context, new AbortController().signal);
  await settle();
  await clock.advance(249);
  assertEquals(signal?.aborted, false);
  await clock.advance(1);
  const record = await sent;
  assertEquals([record.outcome, record.endAfterNs, session.answers], ["cancelled", 250e6, []]);
  assertEquals(record.error, {
    code: 499,
    type: "RequestCancellationError",
    message: "cut off 0.25 s after it was sent, as planned",
  });
});

Deno.test("the time until a request is cut off begins when the server has all of it", async () => {
  const clock = new FakeClock(0);
  let tellSent = () => {};
  const transport: HttpTransport = {
    prepare: ({ onSent }) => ({
      send: (signal) => {
        tellSent = onSent!;
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
      },
    }),
    connectAhead() {},
    endSession() {},
    close() {},
  };
  const job = jobOf({ correlationId: "session-1", answers: [] }, 0, { cancelAfterNs: 0 });
  const sent = sendRequest(job, contextOf({ clock, transport }), new AbortController().signal);
  await clock.advance(70);
  tellSent();
  await clock.advance(0);
  const { outcome, sentNs, endAfterNs } = await sent;
  assertEquals([outcome, sentNs, endAfterNs], ["cancelled", 0, 70e6]);
});

Deno.test("an answer that is there before its time to be cut off is a success", async () => {
  const session = { correlationId: "session-1", answers: [] };
  const job = jobOf(session, 0, { cancelAfterNs: 60e9 });
  const { record } = await exchange(job, { reads: [[10, says("ONE") + DONE]] });
  assertEquals([record.outcome, record.cancelAfterNs], ["success", 60e9]);
  const { record: other } = await exchange(jobOf(session, 0), {
    reads: [[10, says("ONE") + DONE]],
  });
  assertEquals("cancelAfterNs" in other, false);
});

Deno.test("a request that ends before its time to be cut off calls that off without an exception", async () => {
  const reasons: unknown[] = [];
  class WatchedClock extends FakeClock {
    override sleep(ms: number, signal?: AbortSignal): Promise<void> {
      signal?.addEventListener("abort", () => reasons.push(signal.reason));
      return super.sleep(ms, signal);
    }
  }
  let end = () => {};
  const transport: HttpTransport = {
    prepare: ({ onSent }) => ({
      send: () => {
        onSent!();
        return new Promise((_, reject) => end = () => reject(new Error("reset")));
      },
    }),
    connectAhead() {},
    endSession() {},
    close() {},
  };
  const job = jobOf({ correlationId: "session-1", answers: [] }, 0, { cancelAfterNs: 60e9 });
  const context = contextOf({ clock: new WatchedClock(0), transport });
  const sent = sendRequest(job, context, new AbortController().signal);
  end();
  assertEquals((await sent).outcome, "error");
  assertEquals(reasons.map((reason) => typeof reason), ["string", "string"]);
});

Deno.test("an answer that only called tools is no empty message in the next request", async () => {
  const session = { correlationId: "session-1", answers: [] };
  await exchange(jobOf(session, 0), { reads: [[10, ROLE + THINKING + CALLING + DONE]] });
  const { body } = await exchange(jobOf(session, 1), { reads: [[10, says("TWO") + DONE]] });
  assertEquals(body.messages, [
    { role: "system", content: "be brief" },
    { role: "user", content: "one" },
    { role: "assistant", content: "f{}" },
    { role: "user", content: "two" },
  ]);
});
