import { assertEquals } from "@std/assert";
import { type AnswerCase, ANSWERED, DONE, receive, says, USAGE, WHOLE } from "./played_answer.ts";

const BODIES: AnswerCase[] = [
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
