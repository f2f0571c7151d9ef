import { assert, assertEquals, assertRejects } from "@std/assert";
import { datasetFile } from "../../../../common/model/dataset_file.ts";
import type { DatasetFile } from "../../../../common/model/dataset_file.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import type { Dataset } from "../../../../services/dataset_manager/dataset.ts";
import {
  createFileDataset,
  type FileDatasetOptions,
} from "../../../../services/dataset_manager/file/file_dataset.ts";
import { createPoolDataset } from "../../../../services/dataset_manager/file/pool_dataset.ts";
import { datasetPlanOf } from "../../../helpers/dataset_plan.ts";
import { BUILTIN_ENCODING, loadTokenizer } from "../../../../common/tokenizer/load_tokenizer.ts";
import { fileOptions } from "./file_options.ts";
import { type MemorySource, memorySource } from "./memory_source.ts";

type Rows = readonly (Record<string, unknown> | string)[];

function textOf(rows: Rows): string {
  return rows.map((row) => typeof row === "string" ? row : JSON.stringify(row)).join("\n");
}

function open(
  rows: Rows,
  file: Partial<DatasetFile> = {},
  change: Partial<FileDatasetOptions> = {},
): Promise<Dataset> {
  return createFileDataset(fileOptions({
    file: datasetFile("/data/in.jsonl", file),
    sources: [memorySource(textOf(rows), { readBytes: 100_000 })],
    ...change,
  }));
}

async function refusal(rows: Rows, file: Partial<DatasetFile> = {}): Promise<string> {
  return (await assertRejects(() => open(rows, file), BadInputError)).message;
}

function textAt(dataset: Dataset, index: number, turn = 0): string {
  return dataset.conversation(index).turns[turn]!.texts[0]!;
}

Deno.test("prompts of blocks have exactly their tokens and share what their ids say", async () => {
  const rows = [
    { input_length: 1_300, hash_ids: [7, 8, 9] },
    { input_length: 1_500, hash_ids: [7, 8, 10] },
    { input_length: 513, hash_ids: [7, 9] },
    { input_length: 600, hash_ids: [11, 8] },
    { input_length: 1_024, hash_ids: [7, 8] },
  ];
  const dataset = await open(rows, {}, { plan: datasetPlanOf({ osl: null, seed: 3 }) });
  const tokenizer = await loadTokenizer(BUILTIN_ENCODING);
  const texts = rows.map((_, i) => textAt(dataset, i));
  rows.forEach((row, i) => {
    assertEquals(tokenizer.count(texts[i]!), row.input_length);
    assertEquals(dataset.conversation(i).turns[0]!.inputTokens, row.input_length);
  });
  // What is common, in tokens: the blocks before the first that differs.
  assertEquals(sharedTokens(tokenizer, texts[0]!, texts[1]!), 1_024);
  assertEquals(sharedTokens(tokenizer, texts[0]!, texts[2]!), 512);
  assertEquals(sharedTokens(tokenizer, texts[0]!, texts[3]!), 0);
  assertEquals(sharedTokens(tokenizer, texts[0]!, texts[4]!), 1_024);
  assert(texts[0]!.startsWith(texts[4]!));
});

interface Encoder {
  encode(text: string): ArrayLike<number>;
}

function sharedTokens(tokenizer: Encoder, a: string, b: string): number {
  const [first, second] = [tokenizer.encode(a), tokenizer.encode(b)];
  let shared = 0;
  while (shared < first.length && first[shared] === second[shared]) shared++;
  return shared;
}

Deno.test("a row without blocks shares nothing, and its prompt is a function of seed and place", async () => {
  const rows = [{ input_length: 40 }, { input_length: 40 }];
  const [one, two] = [await open(rows), await open(rows)];
  assertEquals(textAt(one, 0), textAt(two, 0));
  assert(textAt(one, 0) !== textAt(one, 1));
});

const SESSIONS = [
  { session_id: "a", timestamp: 0, input_length: 5, output_length: 3 },
  { session_id: "b", timestamp: 10, text_input: "b one" },
  { session_id: "a", timestamp: 20, text_input: "a two" },
  { session_id: "a", delay: 50, text_input: "a three" },
  { timestamp: 30, text_input: "alone" },
];

Deno.test("rows of a session are the turns of one conversation", async () => {
  const dataset = await open(SESSIONS, {}, { plan: datasetPlanOf({ osl: null, delayRatio: 0.5 }) });
  assertEquals(dataset.info(), {
    entries: 3,
    isComplete: true,
    maxTurns: 3,
    hasTimestamps: true,
  });
  assertEquals(dataset.conversation(0).id, "a");
  assertEquals(
    dataset.conversation(0).turns.map(({ texts, delayMs, timestampMs }) => [
      texts[0]!.split(" ").length > 2 ? "made up" : texts[0],
      delayMs,
      timestampMs,
    ]),
    [["made up", null, 0], ["a two", null, 20], ["a three", 25, null]],
  );
  assertEquals([1, 2].map((i) => textAt(dataset, i)), ["b one", "alone"]);
  assertEquals(dataset.outline(0).turns, [
    { delayMs: null, timestampMs: 0 },
    { delayMs: null, timestampMs: 20 },
    { delayMs: 25, timestampMs: null },
  ]);
});

Deno.test("only so many sessions are used, each with all of its rows", async () => {
  const dataset = await open(SESSIONS, { maxEntries: 1 });
  assertEquals(dataset.entries, 1);
  assertEquals(dataset.conversation(0).turns.length, 3);
});

Deno.test("a Bailian row goes on with its parent's conversation, as all that was sent", async () => {
  const row = { timestamp: 1, input_length: 5 };
  const dataset = await open([
    { chat_id: 1, parent_chat_id: -1, ...row },
    { chat_id: 2, parent_chat_id: 1, ...row },
    { chat_id: 9, parent_chat_id: 77, ...row },
    { chat_id: 3, parent_chat_id: 2, ...row },
  ]);
  const turnsOf = (i: number) => dataset.conversation(i).turns;
  assertEquals([0, 1].map((i) => [dataset.conversation(i).id, turnsOf(i).length]), [["1", 3], [
    "9",
    1,
  ]]);
  assert(turnsOf(0).every(({ isStandalone }) => isStandalone));
});

Deno.test("of messages in parts, tools hold until others are declared", async () => {
  const base = { session_id: "s", message_mode: "delta" };
  const dataset = await open([
    { ...base, messages: [{ role: "user", content: "a" }], tools: [{ n: 1 }] },
    { ...base, messages: [{ role: "user", content: "b" }], extra: { top_k: 2 } },
    { ...base, messages: [{ role: "user", content: "c" }], tools: [{ n: 3 }] },
    { ...base, messages: [{ role: "user", content: "d" }] },
  ]);
  assertEquals(dataset.conversation(0).turns.map(({ extra }) => extra), [
    { tools: [{ n: 1 }] },
    { tools: [{ n: 1 }], top_k: 2 },
    { tools: [{ n: 3 }] },
    { tools: [{ n: 3 }] },
  ]);
});

const BAD_SESSIONS: readonly (readonly [Rows, string])[] = [
  [
    [
      { session_id: "s", messages: [{ role: "user", content: "a" }], message_mode: "delta" },
      { session_id: "t", messages: [{ role: "user", content: "c" }] },
      { session_id: "s", text_input: "b" },
      { session_id: "s", messages: [{ role: "user", content: "b" }], message_mode: "history" },
    ],
    'line 4: message_mode: is "history" here, and "delta" on a line before it of its session; ' +
    "all messages of a session must be the one or the other",
  ],
  [
    [{ text_input: "a" }, { session_id: "s", text_input: "b" }],
    "line 2: session_id: is there, and the lines before have none",
  ],
  [
    [
      { session_id: "s", timestamp: 5, text_input: "a" },
      { session_id: "s", timestamp: 4, text_input: "b" },
    ],
    "line 2: timestamp: must not be before that of a line before it of its session (5)",
  ],
  [
    [{ session_id: "s", text_input: "a" }, { session_id: "s", timestamp: 4, text_input: "b" }],
    "line 2: timestamp: needs one on the first line of its session, too",
  ],
];

for (const [rows, message] of BAD_SESSIONS) {
  Deno.test(`sessions are refused: ${message}`, async () => {
    assertEquals(await refusal(rows), `--input-file: /data/in.jsonl: ${message}`);
  });
}

const REPEATING = [
  { session_id: "s", input_length: 600, hash_ids: [1, 2] },
  { session_id: "s", input_length: 1_200, hash_ids: [1, 3, 4] },
  { session_id: "s", input_length: 1_700, hash_ids: [1, 3, 5, 6] },
];

Deno.test("rows that repeat what was said are told of, unless somebody says what they are", async () => {
  const [note] = (await open(REPEATING)).notes!();
  assert(note!.includes("2 of 2 repeat the row before"), note);
  assert(note!.includes("--trace-history cumulative"), note);
  for (const history of ["delta", "cumulative"] as const) {
    assertEquals((await open(REPEATING, { history })).notes!(), []);
  }
  const fresh = [
    { session_id: "s", input_length: 600, hash_ids: [1, 2] },
    { session_id: "s", input_length: 600, hash_ids: [3, 4] },
  ];
  assertEquals((await open(fresh)).notes!(), []);
  const texts = ["a", "a b", "a b c"].map((text) => ({ session_id: "s", text_input: text }));
  assertEquals((await open(texts)).notes!().length, 1);
});

Deno.test("bad lines are left out when that is asked for, counted, and the first is named", async () => {
  const rows = [{ text: "a" }, "{", { text: 5 }, { text: "b" }];
  const dataset = await open(rows, { skipsBadLines: true });
  assertEquals([0, 1].map((i) => textAt(dataset, i)), ["a", "b"]);
  const [note] = dataset.notes!();
  assert(note!.startsWith("2 lines of /data/in.jsonl could not be used and were left out"), note);
  assert(note!.includes("the first: line 2: is not valid JSON"), note);
  const nothing = await refusal(["{", "{"], { skipsBadLines: true });
  assert(nothing.includes("holds no conversation that can be used; of 2 bad lines the first:"));
});

Deno.test("what means nothing for a format is refused when the format is known", async () => {
  const file = "/data/in.jsonl is";
  assertEquals(
    await refusal([{ text: "a" }], { history: "delta" }),
    `--trace-history: needs a recorded trace: ${file} single_turn`,
  );
  const plan = datasetPlanOf();
  const raw = [{ model: "m", messages: [] }];
  const error = await assertRejects(() => open(raw, {}, { plan }), BadInputError);
  assertEquals(
    error.message,
    `--osl: has no effect on bodies that are sent as they are: ${file} raw_payload`,
  );
});

Deno.test("an earlier run's bodies are the same bytes, however the file is laid out", async () => {
  const bodies = ['{"b":1.0,"a":"x, ]}"}', '{"messages": [ 1 ]}', '{"n":12345678901234567890}'];
  const [first, second, third] = bodies;
  const ours = `{"data":[\n{"session_id":"s1","payloads":[${first},${second}]},\n` +
    `{"session_id":"s2","payloads":[${third}]}\n]}\n`;
  const dataset = await open([ours]);
  assertEquals(dataset.info().entries, 2);
  assertEquals(
    [0, 1].flatMap((i) => dataset.conversation(i).turns.map(({ body }) => body)),
    bodies,
  );
  const laidOut = JSON.stringify(
    { data: [{ session_id: "s", payloads: [{ a: "x\n y", b: [1, { c: 2 }] }] }] },
    null,
    2,
  );
  assertEquals(
    (await open([laidOut])).conversation(0).turns[0]!.body,
    '{"a":"x\\n y","b":[1,{"c":2}]}',
  );
});

Deno.test("of a broken document the element is named by the line that it begins in", async () => {
  const torn = '{"data":[\n{"session_id":"a","payloads":[{"x":1}]},\n{"session_id":"b","payl';
  const message = await refusal([torn]);
  assert(message.startsWith("--input-file: /data/in.jsonl: line 3: is not valid JSON"), message);
});

Deno.test("the lines of each file of a folder are the turns of one conversation", async () => {
  const body = (n: number) => `{"messages":[],"n":${n}}`;
  const sources = [
    memorySource(`${body(1)}\n${body(2)}\n`, { name: "one.jsonl" }),
    memorySource(body(3), { name: "two.jsonl" }),
  ];
  const file = { format: "raw_payload" as const };
  const dataset = await open([], file, { sources });
  assertEquals(
    [0, 1].map((
      i,
    ) => [dataset.conversation(i).id, ...dataset.conversation(i).turns.map((turn) => turn.body)]),
    [["one", body(1), body(2)], ["two", body(3)]],
  );
  const bad = [sources[0]!, memorySource("null", { name: "bad.jsonl" })].map(again);
  const error = await assertRejects(() => open([], file, { sources: bad }), BadInputError);
  assertEquals(
    error.message,
    "--input-file: /data/in.jsonl: bad.jsonl: line 1: is not a JSON object",
  );
});

/** The same file, not read yet. */
function again(source: MemorySource): MemorySource {
  return memorySource(source.readAt({ offset: 0, length: 1e6 }).slice(), { name: source.name });
}

Deno.test("each request of pools draws one of each, and says both", async () => {
  const lines = (word: string) => [1, 2, 3].map((n) => `{"text":"${word}${n}"}`).join("\n");
  const pools = () => [
    memorySource('{"image":"a.png"}\n{"text":"q1","output_length":4}', { name: "first.jsonl" }),
    memorySource(lines("w"), { name: "words.jsonl" }),
  ];
  const draw = async () => {
    const file = datasetFile("/pools", { format: "random_pool", maxEntries: 50 });
    const plan = datasetPlanOf({ osl: null, file });
    const dataset = await createPoolDataset(fileOptions({ plan, file, sources: pools() }));
    assertEquals(dataset.info().entries, 50);
    return Array.from({ length: 50 }, (_, i) => dataset.conversation(i).turns[0]!);
  };
  const turns = await draw();
  assertEquals(await draw(), turns);
  const pictures = turns.filter(({ media }) => media !== null);
  assert(pictures.length > 10 && pictures.length < 40);
  for (const { texts, media, outputTokens } of turns) {
    if (media === null) assertEquals([texts[0], outputTokens], ["q1", 4]);
    else assertEquals(media.images, ["data:of/a.png"]);
  }
  assertEquals(new Set(turns.map(({ texts }) => texts.at(-1))).size, 3);
});

Deno.test("pools named after what a ranking has ranked are passages", async () => {
  const file = datasetFile("/pools", { format: "random_pool", maxEntries: 3 });
  const sources = [
    memorySource('{"text":"p1"}', { name: "passages.jsonl" }),
    memorySource('{"query":"q1"}', { name: "queries.jsonl" }),
  ];
  const plan = datasetPlanOf({ osl: null, file });
  const dataset = await createPoolDataset(fileOptions({ plan, file, sources }));
  const { texts, passages } = dataset.conversation(0).turns[0]!;
  assertEquals([texts, passages], [["q1"], ["p1"]]);
});

Deno.test("a large file is used before it has been looked through", async () => {
  const line = JSON.stringify({ text: "x".repeat(100_000) });
  const rows = [...Array(150).fill(line), '{"text":7}'];
  let rests = 0;
  const gate = Promise.withResolvers<void>();
  const rest = () => {
    rests++;
    return gate.promise;
  };
  const dataset = await open(rows, {}, { rest });
  const { entries, isComplete, maxTurns } = dataset.info();
  assert(entries > 5 && entries < 150, String(entries));
  assertEquals([isComplete, maxTurns, rests], [false, 1, 1]);
  assertEquals(textAt(dataset, 3).length, 100_000);
  gate.resolve();
  const error = await assertRejects(() => dataset.checked!, BadInputError);
  assertEquals(
    error.message,
    "--input-file: /data/in.jsonl: line 151: text: must be a text that is not empty, got 7",
  );
  dataset.close();
});

Deno.test("who waits for what is not known yet hurries the reading", async () => {
  const line = JSON.stringify({ text: "x".repeat(100_000) });
  const rest = (_busyMs: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const dataset = await open(Array(150).fill(line), {}, { rest });
  assertEquals(dataset.info().isComplete, false);
  await dataset.known!(120);
  assert(dataset.entries > 120);
  await dataset.known!(Number.MAX_SAFE_INTEGER);
  assertEquals([dataset.entries, dataset.info().isComplete], [150, true]);
  dataset.close();
});
