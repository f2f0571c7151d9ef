import { assertEquals, assertThrows } from "@std/assert";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { completionsEndpoint } from "../../../../services/worker/endpoints/completions.ts";
import { answerPart } from "../../../../services/worker/endpoints/endpoint.ts";
import { bodyOf, MEDIA, testEvents, TURN } from "./cases.ts";

const BASE = {
  prompt: "hi",
  model: "m",
  stream: true,
  max_tokens: 5,
  stream_options: { include_usage: true },
};

Deno.test("the body of a completion is a prompt, a limit and a wish for usage", () => {
  assertEquals(bodyOf(completionsEndpoint), BASE);
  const { stream_options: _, max_tokens: __, ...plain } = BASE;
  const turn = { ...TURN, outputTokens: null };
  assertEquals(bodyOf(completionsEndpoint, { streaming: false }, [turn]), {
    ...plain,
    stream: false,
  });
});

Deno.test("extra inputs of a completion come last, and their limit replaces ours", () => {
  const extraInputs = { max_tokens: 9, n: 2, logprobs: 1 };
  assertEquals(bodyOf(completionsEndpoint, { extraInputs }), { ...BASE, ...extraInputs });
});

Deno.test("several texts are a batch of prompts, a conversation is one prompt", () => {
  const batch = bodyOf(completionsEndpoint, {}, [plainTurn(["a", "b"])]);
  assertEquals(batch["prompt"], ["a", "b"]);
  const turns = [
    plainTurn(["be brief"], { role: "system" }),
    plainTurn(["a"]),
    plainTurn(["b"], { role: "assistant" }),
    plainTurn([], { messages: [{ role: "user", content: "c" }] }),
  ];
  assertEquals(bodyOf(completionsEndpoint, {}, turns)["prompt"], "be brief\na\nb\nc");
});

Deno.test("a completion shows no pictures", () => {
  const turn = { ...TURN, media: { ...MEDIA, audios: [], videos: [] } };
  assertThrows(() => bodyOf(completionsEndpoint, {}, [turn]), Error, "takes no images");
});

testEvents(completionsEndpoint, "completions", [
  ["text", { choices: [{ index: 0, text: "Hi", logprobs: { tokens: ["Hi"] } }] }, {
    carries: "output",
    content: "Hi",
  }],
  ["no text, and the end", { choices: [{ index: 0, text: "", finish_reason: "length" }] }, {
    finish: "length",
  }],
  ["text of a second choice", { choices: [{ index: 1, text: "b" }] }, {
    carries: "output",
    others: [{ index: 1, output: "b", reasoning: "" }],
  }],
  ["an error", { error: { message: "busy", code: 503 } }, {
    error: { code: 503, type: "ServerError", message: "busy" },
  }],
  ["[DONE]", "[DONE]", { done: true }],
]);

Deno.test("a whole completion is read with its usage and all its choices", () => {
  const whole = {
    object: "text_completion",
    choices: [
      { index: 0, text: "one", finish_reason: "stop" },
      { index: 1, text: "two", finish_reason: "length" },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  assertEquals(
    completionsEndpoint.readAnswer(whole),
    answerPart({
      carries: "output",
      content: "one",
      others: [{ index: 1, output: "two", reasoning: "" }],
      finish: "length",
      usage: {
        promptTokens: 1,
        completionTokens: 2,
        totalTokens: 3,
        reasoningTokens: null,
        cachedPromptTokens: null,
      },
    }),
  );
});
