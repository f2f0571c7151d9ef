import { assertEquals, assertThrows } from "@std/assert";
import {
  type ErrorDetails,
  type RequestRecord,
  requestRecordSchema,
} from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import type { Clock } from "../../../common/runtime/clock.ts";
import { AIPERF_VERSION } from "../../../common/version.ts";
import type { FetchFunction } from "../../../services/worker/http_client.ts";
import { sendRequest } from "../../../services/worker/send_request.ts";
import { contextOf, JOB, NO_SECRETS, RECORD, sendOnce } from "./sending.ts";

/** Shows the time that the played answer has set; nobody's sleep ends. */
class PlayedClock implements Clock {
  ns = 5000;
  nowNs = () => this.ns;
  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
  }
}

/** What arrives in one read, and when: nanoseconds after the request was sent. */
type Read = [atNs: number, text: string];

interface Answer {
  status?: number;
  statusText?: string;
  /** The answer's content type; event streams unless given. */
  type?: string;
  /** Thrown after the last read, instead of the end. */
  breaksWith?: Error;
  reads: Read[];
}

/** A `fetch` that plays an answer: headers after 10 ns, then each read at its time. */
function play(answer: Answer, clock: PlayedClock): FetchFunction {
  const encoder = new TextEncoder();
  return () => {
    const startNs = clock.ns;
    const reads = answer.reads.values();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const { value } = reads.next();
        clock.ns = value === undefined ? clock.ns + 1000 : startNs + value[0];
        if (value !== undefined) controller.enqueue(encoder.encode(value[1]));
        else if (answer.breaksWith) controller.error(answer.breaksWith);
        else controller.close();
      },
    }, { highWaterMark: 0 });
    clock.ns += 10;
    const { status = 200, statusText = "OK", type = "text/event-stream" } = answer;
    return Promise.resolve(
      new Response(body, { status, statusText, headers: { "content-type": type } }),
    );
  };
}

function receive(answer: Answer, plan: Partial<EndpointPlan> = {}): Promise<RequestRecord> {
  const clock = new PlayedClock();
  return sendOnce({ clock, plan, fetch: play(answer, clock) });
}

function event(choice: Record<string, unknown>, more: Record<string, unknown> = {}): string {
  const body = { id: "c", object: "chat.completion.chunk", choices: [choice], ...more };
  return `data: ${JSON.stringify(body)}\n\n`;
}

function says(content: string): string {
  return event({ index: 0, delta: { content }, finish_reason: null });
}

const ROLE = event({ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null });
const STOP = event({ index: 0, delta: {}, finish_reason: "stop" });
const DONE = "data: [DONE]\n\n";
const USAGE_EVENT = `data: ${
  JSON.stringify({
    choices: [],
    usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
  })
}\n\n`;
const USAGE = {
  promptTokens: 8,
  completionTokens: 2,
  totalTokens: 10,
  reasoningTokens: null,
  cachedPromptTokens: null,
};

const ANSWERED = { ...RECORD, sentNs: 5000, headersAfterNs: 10, httpStatus: 200 };

interface Case {
  name: string;
  reads: Read[];
  expected: Partial<RequestRecord>;
}

const TRANSCRIPTS: Case[] = [
  {
    name: "OpenAI, with usage at the end",
    reads: [[20, ROLE], [30, says("Hel")], [40, says("lo")], [50, STOP], [60, USAGE_EVENT + DONE]],
    expected: { chunksAfterNs: [30, 40], firstOutputChunk: 0, endAfterNs: 60, usage: USAGE },
  },
  {
    name: "no usage: the text is kept for counting",
    reads: [[20, ROLE], [30, says("Hel")], [40, says("lo")], [50, STOP + DONE]],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 50,
      text: { output: "Hello", reasoning: "" },
    },
  },
  {
    name: "usage in every event: the last one counts",
    reads: [
      [30, event({ delta: { content: "a" } }, { usage: { completion_tokens: 1 } })],
      [40, event({ delta: { content: "b" } }, { usage: { completion_tokens: 2 } })],
      [50, USAGE_EVENT],
    ],
    expected: { chunksAfterNs: [30, 40], firstOutputChunk: 0, endAfterNs: 50, usage: USAGE },
  },
  {
    name: "neither [DONE] nor a blank line at the end",
    reads: [[30, says("Hel")], [40, says("lo").trimEnd()]],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 40,
      text: { output: "Hello", reasoning: "" },
    },
  },
  {
    name: "a byte order mark, CRLF, comments and keep-alives",
    reads: [
      [15, "\ufeff: connected\r\n\r\n"],
      [25, ":\r\n\r\nevent: ping\r\ndata: 1\r\n\r\n"],
      [30, says("Hi").replaceAll("\n", "\r\n")],
      [40, DONE.replaceAll("\n", "\r\n")],
    ],
    expected: {
      chunksAfterNs: [30],
      firstOutputChunk: 0,
      endAfterNs: 40,
      text: { output: "Hi", reasoning: "" },
    },
  },
  {
    name: "several events in one read share its time",
    reads: [[30, ROLE + says("a") + says("b")], [40, says("c") + STOP + USAGE_EVENT + DONE]],
    expected: { chunksAfterNs: [30, 30, 40], firstOutputChunk: 0, endAfterNs: 40, usage: USAGE },
  },
  {
    name: "an event in several reads has the time of the one that completes it",
    reads: [
      [20, says("ab").slice(0, 9)],
      [30, says("ab").slice(9, -1)],
      [40, "\n" + says("c").slice(0, -1)],
      [50, "\n"],
    ],
    expected: {
      chunksAfterNs: [40, 50],
      firstOutputChunk: 0,
      endAfterNs: 50,
      text: { output: "abc", reasoning: "" },
    },
  },
  {
    name: "a reasoning model",
    reads: [
      [20, ROLE],
      [30, event({ delta: { reasoning_content: "h" } })],
      [40, event({ delta: { reasoning: "m" } })],
      [50, says("Hi")],
      [60, STOP + DONE],
    ],
    expected: {
      chunksAfterNs: [30, 40, 50],
      firstOutputChunk: 2,
      endAfterNs: 60,
      text: { output: "Hi", reasoning: "hm" },
    },
  },
  {
    name: "reasoning that never comes to output",
    reads: [[30, event({ delta: { reasoning_content: "hm" } })], [40, STOP]],
    expected: {
      chunksAfterNs: [30],
      firstOutputChunk: null,
      endAfterNs: 40,
      text: { output: "", reasoning: "hm" },
    },
  },
  {
    name: "tool calls are content",
    reads: [
      [20, ROLE],
      [
        30,
        event({ delta: { tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] } }),
      ],
      [40, event({ delta: { tool_calls: [{ index: 0, function: { arguments: "{}" } }] } })],
      [50, event({ delta: {}, finish_reason: "tool_calls" }) + DONE],
    ],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 50,
      text: { output: "f{}", reasoning: "" },
    },
  },
  {
    name: "an error event in the stream",
    reads: [
      [30, says("Hel")],
      [40, 'event: error\ndata: {"message":"out of memory","code":500}\n\n' + says("lo")],
      [50, DONE],
    ],
    expected: {
      outcome: "error",
      chunksAfterNs: [30],
      firstOutputChunk: 0,
      endAfterNs: 40,
      error: { code: 500, type: "ServerError", message: "out of memory" },
    },
  },
  {
    name: "an error among the data",
    reads: [[
      40,
      'data: {"error":{"message":"too many","type":"overloaded","code":"busy"}}\n\n' + DONE,
    ]],
    expected: {
      outcome: "error",
      endAfterNs: 40,
      error: { code: 502, type: "overloaded", message: "too many" },
    },
  },
  {
    name: "an event that is not JSON",
    reads: [[30, says("Hel")], [40, "data: {oops\n\n"]],
    expected: {
      outcome: "error",
      chunksAfterNs: [30],
      firstOutputChunk: 0,
      endAfterNs: 40,
      error: {
        code: 502,
        type: "InvalidJSON",
        message: "an event of the stream is not a JSON object: {oops",
      },
    },
  },
  {
    name: "no content at all",
    reads: [[20, ROLE], [30, STOP + USAGE_EVENT + DONE]],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      usage: USAGE,
      error: {
        code: 502,
        type: "EmptyResponse",
        message: "the stream ended without content (finish reason: stop)",
      },
    },
  },
  {
    name: "no bytes at all",
    reads: [],
    expected: {
      outcome: "error",
      endAfterNs: 10,
      error: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
    },
  },
  {
    name: "a web page",
    reads: [[30, "<!doctype html>\n<title>Sign in</title>"], [40, "<p>Please sign in.</p>"]],
    expected: {
      outcome: "error",
      endAfterNs: 40,
      error: {
        code: 502,
        type: "UnexpectedResponse",
        message: "the server answered with HTML: Sign in Please sign in.",
      },
    },
  },
  {
    name: "one JSON body instead of a stream",
    reads: [[30, '{"choices":[{"message":{"content":"Hi"}}]}']],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: {
        code: 502,
        type: "UnexpectedResponse",
        message: "a stream was asked for, but the server answered with one JSON body",
      },
    },
  },
  {
    name: "one JSON body with an error instead of a stream",
    reads: [[30, '{"error":{"message":"no'], [40, ' such model","code":404}}']],
    expected: {
      outcome: "error",
      endAfterNs: 40,
      error: { code: 404, type: "ServerError", message: "no such model" },
    },
  },
  {
    name: "plain text instead of a stream",
    reads: [[30, "It works!"]],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: { code: 502, type: "EmptyResponse", message: "the stream ended without content" },
    },
  },
];

for (const { name, reads, expected } of TRANSCRIPTS) {
  Deno.test(`a streamed answer: ${name}`, async () => {
    for (const type of ["text/event-stream; charset=utf-8", "application/json", ""]) {
      const record = await receive({ type, reads });
      assertEquals(record, { ...ANSWERED, ...expected });
      assertEquals(requestRecordSchema.parse(record), record);
    }
  });
}

const WHOLE = JSON.stringify({
  choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
});

const BODIES: Case[] = [
  {
    name: "in one read",
    reads: [[30, WHOLE]],
    expected: { chunksAfterNs: [30], firstOutputChunk: 0, endAfterNs: 30, usage: USAGE },
  },
  {
    name: "in several reads",
    reads: [[30, WHOLE.slice(0, 9)], [40, WHOLE.slice(9)]],
    expected: { chunksAfterNs: [40], firstOutputChunk: 0, endAfterNs: 40, usage: USAGE },
  },
  {
    name: "without usage",
    reads: [[30, '{"choices":[{"message":{"content":"Hi","reasoning":"hm"}}]}']],
    expected: {
      chunksAfterNs: [30],
      firstOutputChunk: 0,
      endAfterNs: 30,
      text: { output: "Hi", reasoning: "hm" },
    },
  },
  {
    name: "without content",
    reads: [[30, '{"choices":[{"message":{"content":null},"finish_reason":"length"}]}']],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: {
        code: 502,
        type: "EmptyResponse",
        message: "the answer ended without content (finish reason: length)",
      },
    },
  },
  {
    name: "of white space",
    reads: [[30, " \n"]],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
    },
  },
  {
    name: "with an error",
    reads: [[30, '{"error":"busy"}']],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: { code: 502, type: "ServerError", message: "busy" },
    },
  },
  {
    name: "that is a stream",
    reads: [[30, says("Hi")], [40, DONE]],
    expected: {
      outcome: "error",
      endAfterNs: 40,
      error: {
        code: 502,
        type: "UnexpectedResponse",
        message: "one JSON body was asked for, but the server answered with a stream",
      },
    },
  },
  {
    name: "that is a web page",
    reads: [[30, "<html><body>Hello</body></html>"]],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: {
        code: 502,
        type: "UnexpectedResponse",
        message: "the server answered with HTML: Hello",
      },
    },
  },
  {
    name: "that is cut short",
    reads: [[30, '{"choices":[']],
    expected: {
      outcome: "error",
      endAfterNs: 30,
      error: {
        code: 502,
        type: "InvalidJSON",
        message: 'the answer is not a JSON object: {"choices":[',
      },
    },
  },
];

for (const { name, reads, expected } of BODIES) {
  Deno.test(`a whole answer: ${name}`, async () => {
    const record = await receive({ type: "application/json", reads }, { streaming: false });
    assertEquals(record, { ...ANSWERED, streaming: false, ...expected });
  });
}

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
    reads: [[30, says("a") + says("b")], [40, says("c").slice(0, 20)]],
    breaksWith: new TypeError("error reading a body from connection"),
  });
  assertEquals(record, {
    ...ANSWERED,
    outcome: "error",
    chunksAfterNs: [30, 30],
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
    inputTokens: 0,
    requestedOutputTokens: null,
    error: {
      code: null,
      type: "InternalError",
      message: "RangeError: a chat request needs at least one turn",
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

Deno.test("headers of the user win whatever their case, except over what the body is", async () => {
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
      message: "the run ended before the answer was complete",
    },
  });
});
