import { assertEquals, assertThrows } from "@std/assert";
import type { ErrorDetails } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { AIPERF_VERSION } from "../../../common/version.ts";
import { sendRequest } from "../../../services/worker/send_request.ts";
import {
  ANSWERED,
  DONE,
  play,
  PlayedClock,
  type Read,
  receive,
  says,
  USAGE_EVENT,
  WHOLE,
} from "./played_answer.ts";
import { contextOf, JOB, NO_SECRETS, RECORD, sendOnce } from "./sending.ts";

Deno.test("text is kept when the client counts, and never when the server does", async () => {
  const counted = { reads: [[30, says("Hi") + USAGE_EVENT] as Read] };
  const uncounted = { reads: [[30, says("Hi")] as Read] };
  const text = { output: "Hi", reasoning: "" };
  assertEquals((await receive(counted, { tokenCountSource: "client" })).text, text);
  assertEquals((await receive(uncounted, { tokenCountSource: "client" })).text, text);
  assertEquals((await receive(counted, { tokenCountSource: "auto" })).text, null);
  assertEquals((await receive(uncounted, { tokenCountSource: "auto" })).text, text);
  assertEquals((await receive(uncounted, { tokenCountSource: "server" })).text, null);
});

Deno.test("a count of 0 for an answer with content is no count: its text is kept", async () => {
  const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const reads: Read[] = [
    [30, says("a")],
    [40, says("b")],
    [50, `data: ${JSON.stringify({ choices: [], usage: zeros })}\n\n` + DONE],
  ];
  const { text, firstChunk } = await receive({ reads }, { tokenCountSource: "auto" });
  assertEquals(text, { output: "ab", reasoning: "" });
  assertEquals(firstChunk, { text: "a" });
  assertEquals((await receive({ reads }, { tokenCountSource: "server" })).text, null);
});

Deno.test("a stream asked for by extra inputs is read as one", async () => {
  const plan = { streaming: false, extraInputs: { stream: true, model: "other" } };
  const record = await receive({ reads: [[30, says("Hi") + USAGE_EVENT]] }, plan);
  assertEquals([record.outcome, record.streaming, record.model], ["success", true, "other"]);
  const whole = { streaming: true, extraInputs: { stream: false } };
  const answer = { type: "application/json", reads: [[30, WHOLE] as Read] };
  assertEquals((await receive(answer, whole)).streaming, false);
  assertEquals((await receive(answer, whole)).outcome, "success");
});

Deno.test("a bad status is the server's error, at the time of its last byte", async () => {
  const answer = {
    status: 429,
    statusText: "Too Many Requests",
    reads: [[30, '{"error":{"mess'], [40, 'age":"slow down"}}']] as Read[],
  };
  const error = { code: 429, type: "Too Many Requests", message: "slow down" };
  assertEquals(await receive(answer), {
    ...ANSWERED,
    outcome: "error",
    httpStatus: 429,
    endAfterNs: 40,
    error,
  });
});

Deno.test("a break in the middle keeps what has arrived", async () => {
  const record = await receive({
    reads: [[30, says("a") + says("b")], [35, says("c")], [40, says("d").slice(0, 20)]],
    breaksWith: new TypeError("error reading a body from connection"),
  });
  assertEquals(record, {
    ...ANSWERED,
    outcome: "error",
    chunksAfterNs: [30, 30, 35],
    firstOutputChunk: 0,
    endAfterNs: 1040,
    error: {
      code: null,
      type: "ConnectionClosed",
      message: "the connection broke in the middle of the answer",
    },
  });
});

Deno.test("a break after [DONE] spoils nothing", async () => {
  const record = await receive({
    reads: [[30, says("a") + USAGE_EVENT + DONE]],
    breaksWith: new TypeError("error reading a body from connection"),
  });
  assertEquals(record.outcome, "success");
  assertEquals(record.endAfterNs, 30);
});

Deno.test("a fetch that fails is an error with the time it took", async () => {
  const clock = new PlayedClock();
  const record = await sendOnce({
    clock,
    fetch: () => {
      clock.ns += 70;
      return Promise.reject(
        new TypeError("fetch failed", { cause: new Error("Connection refused") }),
      );
    },
  });
  assertEquals(record, {
    ...RECORD,
    sentNs: 5000,
    outcome: "error",
    endAfterNs: 70,
    error: {
      code: null,
      type: "ConnectionRefused",
      message: "server.test:8000 refused the connection",
    },
  });
});

Deno.test("a fetch that throws, or a turn that does not exist, is an error too", async () => {
  const clock = new PlayedClock();
  const thrown = await sendOnce({
    clock,
    fetch: () => {
      throw new TypeError("odd");
    },
  });
  assertEquals(thrown.error, { code: null, type: "FetchError", message: "odd" });

  const context = contextOf({ clock, fetch: () => Promise.reject(new Error("not reached")) });
  const job = { ...JOB, conversation: { ...JOB.conversation, turns: [] } };
  assertEquals(await sendRequest(job, context, new AbortController().signal), {
    ...RECORD,
    outcome: "error",
    inputTokens: null,
    requestedOutputTokens: null,
    error: {
      code: null,
      type: "InternalError",
      message: "RangeError: a request needs at least one turn",
    },
  });
});

/** The headers of the request that is sent, names in lower case. */
async function headersSent(options: {
  plan?: Partial<EndpointPlan>;
  apiKey?: string;
  headers?: Record<string, string>;
}): Promise<Record<string, string>> {
  let sent: Headers | undefined;
  await sendOnce({
    clock: new PlayedClock(),
    plan: options.plan ?? {},
    secrets: { apiKey: options.apiKey ?? null, headers: options.headers ?? {} },
    fetch: (url, init) => {
      assertEquals(url, "http://server.test:8000/v1/chat/completions");
      assertEquals(init.method, "POST");
      sent = new Headers(init.headers);
      return Promise.reject(new Error("enough"));
    },
  });
  return Object.fromEntries(sent!);
}

const HEADERS = {
  "accept": "text/event-stream",
  "accept-encoding": "identity",
  "content-type": "application/json",
  "user-agent": `aiperf/${AIPERF_VERSION}`,
  "x-correlation-id": "session-1",
  "x-request-id": "request-1",
};

Deno.test("a request has the headers that servers and their logs expect", async () => {
  assertEquals(await headersSent({}), HEADERS);
  assertEquals(await headersSent({ apiKey: "sk-1", plan: { streaming: false } }), {
    ...HEADERS,
    accept: "application/json",
    authorization: "Bearer sk-1",
  });
});

Deno.test("headers of the user win whatever their case", async () => {
  const headers = {
    "content-type": "text/plain",
    "ACCEPT": "*/*",
    "user-agent": "mine",
    "authorization": "Basic abc",
    "x-REQUEST-id": "fixed",
    "X-Tenant": "t1",
  };
  assertEquals(await headersSent({ apiKey: "sk-1", headers }), {
    ...HEADERS,
    "content-type": "text/plain",
    "accept": "*/*",
    "user-agent": "mine",
    "authorization": "Basic abc",
    "x-request-id": "fixed",
    "x-tenant": "t1",
  });
});

Deno.test("a header that cannot be sent is refused at once, without showing its value", () => {
  for (const [name, value] of [["X-A", "secret\nvalue"], ["X A", "secret"], ["X-B", "ключ"]]) {
    const secrets = { apiKey: null, headers: { [name!]: value! } };
    const error = assertThrows(
      () => contextOf({ clock: new PlayedClock(), fetch: () => Promise.reject(), secrets }),
      Error,
      `the header "${name}" cannot be sent: bad name or value`,
    ) as Error;
    assertEquals(error.cause, undefined);
  }
});

Deno.test("credentials and ids that a server echoes do not get into its message", async () => {
  const clock = new PlayedClock();
  const message =
    "bad key sk-verysecret or Bearer sk-verysecret, token abcdefgh12 in request-1 of session-1";
  const answer = {
    status: 401,
    statusText: "",
    reads: [[20, JSON.stringify({ message })] as Read],
  };
  const record = await sendOnce({
    clock,
    fetch: play(answer, clock),
    secrets: { apiKey: "sk-verysecret", headers: { "X-Token": "Token abcdefgh12" } },
  });
  const error: ErrorDetails = {
    code: 401,
    type: "HTTPError",
    message:
      "bad key [redacted] or Bearer [redacted], token [redacted] in [request id] of [correlation id]",
  };
  assertEquals(record.error, error);
});

Deno.test("what the user says of the body is no credential, and stays in messages", async () => {
  const clock = new PlayedClock();
  const message = "application/vnd.api+json is not understood, nor is text/event-stream";
  const secrets = {
    apiKey: null,
    headers: { "Content-type": "application/vnd.api+json", "accept": "text/event-stream" },
  };
  const { error } = await sendOnce({
    clock,
    fetch: play({ status: 415, statusText: "", reads: [[20, JSON.stringify({ message })]] }, clock),
    secrets,
  });
  assertEquals(error?.message, message);
  const { secretHeaders } = contextOf({ clock, fetch: () => Promise.reject(), secrets }).template;
  assertEquals([...secretHeaders], ["authorization"]);
});

Deno.test("a run that is over sends nothing more", async () => {
  const record = await sendOnce({
    clock: new PlayedClock(),
    fetch: () => Promise.reject(new Error("not reached")),
    secrets: NO_SECRETS,
  }, AbortSignal.abort());
  assertEquals(record, {
    ...RECORD,
    outcome: "cancelled",
    error: {
      code: 499,
      type: "RequestCancellationError",
      message: "the run ended before the request was sent",
    },
  });
});

Deno.test("an address that is not there is told without its query", async () => {
  const clock = new PlayedClock();
  const plan = { urls: ["http://server.test:8000/a/v1?key=hush"] };
  const fetch = play({ status: 404, statusText: "Not Found", reads: [[30, "Not Found"]] }, clock);
  const { error } = await sendOnce({ clock, plan, fetch });
  assertEquals(error?.message, "Not Found (POST /a/v1)");
});

Deno.test("an answer that cannot have a body is an empty one", async () => {
  const clock = new PlayedClock();
  const fetch = () => Promise.resolve(new Response(null, { status: 204 }));
  const { outcome, error, httpStatus } = await sendOnce({ clock, fetch });
  assertEquals([outcome, error?.type, httpStatus], ["error", "EmptyResponse", 204]);
});
