import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { type AnswerPart, answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { loadEndpoint } from "../../../../services/worker/endpoints/registry.ts";
import { PLAN } from "../sending.ts";
import { receive } from "../played_answer.ts";

const BODY = '{"text": {{ text|tojson }}, "stream": {{ stream|tojson }}}';

function load(responseField: string | null, body = BODY) {
  return loadEndpoint("template", { template: { body, responseField } });
}

Deno.test("a template makes the body, and extra inputs come last and win", async () => {
  const endpoint = await load(null);
  const extraInputs = { temperature: 1, text: "other" };
  const bodyOf = (plan: Partial<typeof PLAN>) =>
    JSON.parse(
      endpoint.buildBody({
        plan: { ...PLAN, ...plan },
        model: "m",
        turns: [plainTurn(['"hi"'])],
      }) as string,
    );
  assertEquals(bodyOf({}), { text: '"hi"', stream: true });
  assertEquals(bodyOf({ streaming: false, extraInputs }), {
    text: "other",
    stream: false,
    temperature: 1,
  });
  assertThrows(() => endpoint.buildBody({ plan: PLAN, model: "m", turns: [] }), RangeError);
});

Deno.test("there is no template endpoint without a template", async () => {
  await assertRejects(() => loadEndpoint("template"), Error, "no template");
});

const FOUND: [path: string, body: unknown, part: Partial<AnswerPart>][] = [
  ["a.b", { a: { b: "Hi" } }, { carries: "output", content: "Hi" }],
  ["a[].t", { a: [{ t: "H" }, { t: "i" }] }, { carries: "output", content: "Hi" }],
  ["vector", { vector: [0.5, 1] }, { carries: "output" }],
  ["scores", { scores: [{ score: 1 }] }, { carries: "output" }],
  ["count", { count: 0 }, { carries: "output" }],
  ["a", { a: "" }, {}],
  ["a", { a: [] }, {}],
  ["a", { a: null }, {}],
  ["a", { b: "Hi" }, {}],
  ["a", [1], {}],
  // What the usual shapes would have found does not count.
  ["a", { choices: [{ text: "no" }] }, {}],
  ["a", { a: "Hi", choices: [{ finish_reason: "stop", text: "no" }] }, {
    carries: "output",
    content: "Hi",
  }],
  ["a", { error: { message: "busy", code: 503 } }, {
    error: { code: 503, type: "ServerError", message: "busy" },
  }],
];

for (const [path, body, part] of FOUND) {
  Deno.test(`at ${path} of ${JSON.stringify(body)} is what it says`, async () => {
    const endpoint = await load(path);
    const { usage: _, finish: __, ...whole } = endpoint.readAnswer(body);
    const { usage: _u, finish: _f, ...wanted } = answerPart(part);
    assertEquals(whole, wanted);
    if (Array.isArray(body)) return;
    const event = endpoint.readEvent({ event: "message", data: JSON.stringify(body), id: "" });
    assertEquals([event.carries, event.content], [wanted.carries, wanted.content]);
  });
}

Deno.test("counts and the end are found where the usual APIs have them", async () => {
  const endpoint = await load("out");
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const part = endpoint.readAnswer({ out: "Hi", choices: [{ finish_reason: "stop" }], usage });
  assertEquals([part.usage?.completionTokens, part.finish], [2, "stop"]);
  assertEquals(endpoint.readEvent({ event: "message", data: "[DONE]", id: "" }).done, true);
});

const STREAMS: [name: string, text: string][] = [
  ["events", 'data: {"out":"Hel"}\n\n: ping\n\ndata: {"out":"lo"}\n\ndata: [DONE]\n\n'],
  ["lines", '{"out":"Hel"}\n{"out":"lo"}\n'],
];

for (const [name, text] of STREAMS) {
  Deno.test(`a stream of ${name} is read as what it is`, async () => {
    for (const path of ["out", null]) {
      const endpoint = await load(path);
      const stream = path === null ? text.replaceAll('"out"', '"text"') : text;
      const reads = [...stream].map((piece) => [30, piece] as [number, string]);
      const record = await receive({ reads }, { tokenCountSource: "client" }, { endpoint });
      assertEquals([record.outcome, record.error], ["success", null]);
      assertEquals(record.chunksAfterNs.length, 2);
      assertEquals(record.text, { output: "Hello", reasoning: "" });
    }
  });
}

Deno.test("plain text is an answer unless a path leads into it", async () => {
  const plan = { streaming: false, tokenCountSource: "client" as const };
  for (const text of ["Hello\n", "42", '"quoted"']) {
    const reads = [[30, text] as [number, string]];
    const plain = await receive({ reads }, plan, { endpoint: await load(null) });
    assertEquals([plain.outcome, plain.text?.output], ["success", text]);
    const { outcome } = await receive({ reads }, plan, { endpoint: await load("a") });
    assertEquals(outcome, "error");
  }
});

Deno.test("an event without content may still be the last one, and bring the counts", async () => {
  const endpoint = await load(null);
  const body = { content: "", stop: true, tokens_evaluated: 3, tokens_predicted: 2 };
  const part = endpoint.readEvent({ event: "message", data: JSON.stringify(body), id: "" });
  assertEquals([part.carries, part.done, part.usage?.totalTokens], ["nothing", true, 5]);
});
