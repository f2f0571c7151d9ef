import { assertEquals } from "@std/assert";
import { requestRecordSchema } from "../../../common/model/record.ts";
import {
  type AnswerCase,
  ANSWERED,
  DONE,
  event,
  type Read,
  receive,
  ROLE,
  says,
  STOP,
  USAGE,
  USAGE_EVENT,
  WHOLE,
} from "./played_answer.ts";

const TRANSCRIPTS: AnswerCase[] = [
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
      firstChunk: { text: "Hel" },
    },
  },
  {
    name: "usage in every event: the last one counts",
    reads: [
      [30, event({ delta: { content: "a" } }, { usage: { completion_tokens: 1 } })],
      [40, event({ delta: { content: "b" } }, { usage: { completion_tokens: 2 } })],
      [50, USAGE_EVENT],
    ],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 50,
      usage: USAGE,
      isOpenEnded: true,
    },
  },
  {
    name: "neither [DONE] nor a blank line at the end",
    reads: [[30, says("Hel")], [40, says("lo").trimEnd()]],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 40,
      text: { output: "Hello", reasoning: "" },
      firstChunk: { text: "Hel" },
      isOpenEnded: true,
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
      [50, "\n" + STOP],
    ],
    expected: {
      chunksAfterNs: [40, 50],
      firstOutputChunk: 0,
      endAfterNs: 50,
      text: { output: "abc", reasoning: "" },
      firstChunk: { text: "ab" },
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
      firstChunk: { text: "h" },
    },
  },
  {
    name: "more tokens than chunks: the text of the first read is kept for counting",
    reads: [
      [30, says("one two") + says(" three")],
      [40, says(" four five six")],
      [50, event({ delta: {} }, { usage: { completion_tokens: 6 } }) + DONE],
    ],
    expected: {
      chunksAfterNs: [30, 30, 40],
      firstOutputChunk: 0,
      endAfterNs: 50,
      usage: { ...USAGE, promptTokens: null, completionTokens: 6, totalTokens: null },
      firstChunk: { text: "one two three" },
    },
  },
  {
    name: "more tokens than chunks, and the server counts as it goes",
    reads: [
      [20, event({ delta: { role: "assistant" } }, { usage: { completion_tokens: 0 } })],
      [30, event({ delta: { content: "one two" } }, { usage: { completion_tokens: 2 } })],
      [40, event({ delta: { content: " three" } }, { usage: { completion_tokens: 3 } }) + DONE],
    ],
    expected: {
      chunksAfterNs: [30, 40],
      firstOutputChunk: 0,
      endAfterNs: 40,
      usage: { ...USAGE, promptTokens: null, completionTokens: 3, totalTokens: null },
      firstChunk: { tokens: 2 },
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
      firstChunk: { text: "f" },
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
      error: {
        code: 502,
        type: "UnexpectedResponse",
        message: "the answer is not a stream of events: It works!",
      },
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

Deno.test("a stream without a word of its end is one only where the API has such a word", async () => {
  const reads: Read[] = [[30, says("a")]];
  const openEnded = async (type: string, streaming = true) =>
    (await receive({ reads }, { type, streaming })).isOpenEnded;
  assertEquals(await openEnded("chat"), true);
  assertEquals(await openEnded("template"), undefined);
  const whole = await receive({ reads: [[30, WHOLE]] }, { streaming: false });
  assertEquals([whole.outcome, whole.isOpenEnded], ["success", undefined]);
  const broken = await receive({ reads, breaksWith: new Error("broken") });
  assertEquals([broken.outcome, broken.isOpenEnded], ["error", undefined]);
});
