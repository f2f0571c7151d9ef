import { assertEquals } from "@std/assert";
import {
  findError,
  messageOf,
  notJson,
  readPromptUsage,
  readUsage,
  summedUsage,
} from "../../../../services/worker/endpoints/openai_shapes.ts";

const TOO_LONG = "x".repeat(81);
const CUT = "x".repeat(79) + "…";
const JUST_FITS = "x".repeat(80);

const ERRORS: [
  name: string,
  body: Record<string, unknown>,
  code: number,
  type: string,
  message: string,
][] = [
  ["OpenAI's", { error: { message: "no", type: "bad", code: 429 } }, 429, "bad", "no"],
  ["a bare text", { error: "no" }, 502, "ServerError", "no"],
  [
    "Hugging Face's, whose kind stands beside",
    { error: "no", error_type: "overloaded" },
    502,
    "overloaded",
    "no",
  ],
  [
    "vLLM's older one",
    { object: "error", message: "no", type: "Bad", code: 400 },
    400,
    "Bad",
    "no",
  ],
  [
    "an object's own kind, before one beside it",
    { error: { message: "no", type: "a" }, error_type: "b" },
    502,
    "a",
    "no",
  ],
  [
    "an event's, whose kind is its code",
    { error: { message: "no", type: "error", code: "busy" } },
    502,
    "busy",
    "no",
  ],
  ["a code as text", { error: { message: "no", code: "503" } }, 503, "ServerError", "no"],
  [
    "a status in place of a code",
    { error: { message: "no", code: "busy", status: 400 } },
    400,
    "ServerError",
    "no",
  ],
  [
    "a status_code in place of a code",
    { error: { message: "no", status_code: 599 } },
    599,
    "ServerError",
    "no",
  ],
  ["a code that is no error's", { error: { message: "no", code: 399 } }, 502, "ServerError", "no"],
  [
    "a code beyond those of HTTP",
    { error: { message: "no", code: 600 } },
    502,
    "ServerError",
    "no",
  ],
  ["half a code", { error: { message: "no", code: 400.5 } }, 502, "ServerError", "no"],
  ["no words at all", { error: { code: 7 } }, 502, "ServerError", '{"code":7}'],
  ["true", { error: true }, 502, "ServerError", "true"],
  ["a list", { error: ["no"] }, 502, "ServerError", '["no"]'],
  [
    "a kind as long as may be shown",
    { error: { message: "no", type: JUST_FITS } },
    502,
    JUST_FITS,
    "no",
  ],
  ["a kind that is too long", { error: { message: "no", type: TOO_LONG } }, 502, CUT, "no"],
  [
    "a kind beside it as long as may be shown",
    { error: "no", error_type: JUST_FITS },
    502,
    JUST_FITS,
    "no",
  ],
  ["a kind beside it that is too long", { error: "no", error_type: TOO_LONG }, 502, CUT, "no"],
  ["a kind with line ends", { error: { message: "no", type: " a\n b " } }, 502, "a b", "no"],
];

for (const [name, body, code, type, message] of ERRORS) {
  Deno.test(`an error in an answer is described: ${name}`, () => {
    assertEquals(findError(body), { code, type, message });
  });
}

Deno.test("what stands where an error would, but is none, is no error", () => {
  for (const error of [undefined, null, false, ""]) assertEquals(findError({ error }), null);
  assertEquals(findError({ object: "list", message: "all is well" }), null);
});

const MESSAGES: [body: unknown, message: string | null][] = [
  ["no", "no"],
  ["", null],
  [7, null],
  [null, null],
  [{}, null],
  [{ text: "no" }, null],
  [{ error: { message: "no" }, message: "another" }, "no"],
  [{ error: {}, message: "no" }, "no"],
  [{ detail: [{ msg: "no" }, { msg: "never" }] }, "no"],
  [{ error_message: "no" }, "no"],
  ["x".repeat(201), "x".repeat(199) + "…"],
];

Deno.test("the server's own words are found in an error of any of the usual shapes", () => {
  for (const [body, message] of MESSAGES) assertEquals(messageOf(body), message);
});

Deno.test("the usage of an answer is read from where servers put it, and nothing but integers", () => {
  const unknown = {
    promptTokens: null,
    completionTokens: null,
    totalTokens: null,
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
  const counts = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 };
  const known = { promptTokens: 8, completionTokens: 2, totalTokens: 10 };
  const details = {
    completion_tokens_details: { reasoning_tokens: 1 },
    prompt_tokens_details: { cached_tokens: 4 },
  };
  const cases: [value: unknown, usage: Record<string, number | null>][] = [
    [{}, unknown],
    [counts, { ...unknown, ...known }],
    [{ ...counts, ...details }, { ...known, reasoningTokens: 1, cachedPromptTokens: 4 }],
    [{ ...details, reasoning_tokens: 3 }, {
      ...unknown,
      reasoningTokens: 1,
      cachedPromptTokens: 4,
    }],
    [{ reasoning_tokens: 3, prompt_tokens_details: null }, { ...unknown, reasoningTokens: 3 }],
    [{ prompt_tokens: "8", completion_tokens: 2.5, total_tokens: NaN }, unknown],
  ];
  for (const [value, usage] of cases) assertEquals(readUsage(value), { ...unknown, ...usage });
  for (const value of [undefined, null, 7, "8", [counts]]) assertEquals(readUsage(value), null);
});

Deno.test("of an API that writes no text, only what was read is taken from the usage", () => {
  const details = { reasoning_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } };
  assertEquals(
    readPromptUsage({ prompt_tokens: 8, completion_tokens: 0, total_tokens: 8, ...details }),
    {
      promptTokens: 8,
      completionTokens: null,
      totalTokens: 8,
      reasoningTokens: null,
      cachedPromptTokens: 4,
    },
  );
  assertEquals(readPromptUsage(null), null);
});

Deno.test("counts without a total are summed up where both are known", () => {
  const totalOf = (promptTokens: number | null, completionTokens: number | null) =>
    summedUsage({ promptTokens, completionTokens }).totalTokens;
  assertEquals([totalOf(8, 2), totalOf(8, null), totalOf(null, 2)], [10, null, null]);
  assertEquals(summedUsage({ promptTokens: 8, completionTokens: 0, cachedPromptTokens: 4 }), {
    promptTokens: 8,
    completionTokens: 0,
    totalTokens: 8,
    reasoningTokens: null,
    cachedPromptTokens: 4,
  });
  assertEquals(summedUsage({ promptTokens: 8, completionTokens: 0 }).cachedPromptTokens, null);
});

Deno.test("an answer that is no JSON object is told with its first words", () => {
  assertEquals(notJson("the answer", `oh\n${"x".repeat(300)}`), {
    code: 502,
    type: "InvalidJSON",
    message: `the answer is not a JSON object: oh ${"x".repeat(196)}…`,
  });
});
