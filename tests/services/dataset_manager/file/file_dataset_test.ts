import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { conversationSchema, plainTurn } from "../../../../common/model/conversation.ts";
import { type DatasetFile, datasetFile } from "../../../../common/model/dataset_file.ts";
import type { DatasetPlan } from "../../../../common/model/run_config.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import type { Dataset } from "../../../../services/dataset_manager/dataset.ts";
import { createFileDataset } from "../../../../services/dataset_manager/file/file_dataset.ts";
import { openInputFile } from "../../../../services/dataset_manager/file/input_file.ts";
import { datasetPlanOf } from "../../../helpers/dataset_plan.ts";
import { fileOptions } from "./file_options.ts";
import { memorySource } from "./memory_source.ts";

interface Change {
  file?: Partial<DatasetFile>;
  plan?: Partial<DatasetPlan>;
}

function open(content: string, { file, plan }: Change = {}): Promise<Dataset> {
  return createFileDataset(fileOptions({
    plan: datasetPlanOf({ osl: null, ...plan }),
    file: datasetFile("/data/in.jsonl", file),
    sources: [memorySource(content)],
  }));
}

async function refusal(content: string, change: Change = {}): Promise<string> {
  return (await assertRejects(() => open(content, change), BadInputError)).message;
}

const TRACE = `{"text":"one","timestamp":0,"output_length":5}

{"text":"two é","timestamp":250.5}\r
{"text":"three","timestamp":100}`;

Deno.test("a file of prompts is a data set of one turn each, blank lines left out", async () => {
  const dataset = await open(`\uFEFF${TRACE}`);
  assertEquals(dataset.info(), { entries: 3, isComplete: true, maxTurns: 1, hasTimestamps: true });
  assertEquals(dataset.conversation(0).turns, [
    plainTurn(["one"], { outputTokens: 5, timestampMs: 0 }),
  ]);
  assertEquals(
    [2, 1].map((index) => dataset.conversation(index).turns[0]!.texts),
    [["three"], ["two é"]],
  );
  assertEquals(dataset.outline(1), { index: 1, turns: [{ delayMs: null, timestampMs: 250.5 }] });
  for (let i = 0; i < 3; i++) conversationSchema.parse(dataset.conversation(i));
});

const SESSIONS = `{"session_id":"s1","turns":[{"text":"a"},{"text":"b","delay":500}]}
{"turns":[{"role":"system","text":"p"},{"text":"c"},{"text":"d","delay":80},{"text":"e"}]}
`;

Deno.test("a file of conversations has their turns, pauses and ids", async () => {
  const dataset = await open(SESSIONS, { plan: { delayRatio: 0.25 } });
  assertEquals(dataset.info(), { entries: 2, isComplete: true, maxTurns: 3, hasTimestamps: false });
  assertEquals(dataset.conversation(0).id, "s1");
  const { id, opening, turns } = dataset.conversation(1);
  assert(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id), id);
  assertEquals(opening.map(({ role, texts }) => [role, ...texts]), [["system", "p"]]);
  assertEquals(turns.map(({ texts, delayMs }) => [texts[0], delayMs]), [
    ["c", null],
    ["d", 20],
    ["e", null],
  ]);
  for (const index of [0, 1]) {
    const { turns } = dataset.conversation(index);
    const times = turns.map(({ delayMs, timestampMs }) => ({ delayMs, timestampMs }));
    assertEquals(dataset.outline(index), { index, turns: times });
  }
});

Deno.test("no pause of a file is longer than the longest", async () => {
  const dataset = await open(SESSIONS, { plan: { longestDelayMs: 100 } });
  assertEquals(dataset.outline(0).turns.map(({ delayMs }) => delayMs), [null, 100]);
  assertEquals(dataset.conversation(1).turns.map(({ delayMs }) => delayMs), [null, 80, null]);
});

Deno.test("--osl wins over the lengths in the file, and each turn has its own", async () => {
  const plan = { osl: { mean: 50, stddev: 10 } };
  const single = await open(TRACE, { plan });
  const lengths = [0, 1, 2].map((i) => single.conversation(i).turns[0]!.outputTokens);
  assertEquals(new Set(lengths).size, 3);
  assert(lengths.every((length) => length! > 5));
  assertEquals((await open(TRACE, { plan })).conversation(1).turns[0]!.outputTokens, lengths[1]);
});

Deno.test("only so many conversations are read, and nothing after them is looked at", async () => {
  const dataset = await open(`${TRACE}\nnonsense`, { file: { maxEntries: 2 } });
  assertEquals(dataset.entries, 2);
  assertThrows(() => dataset.conversation(2), RangeError, "not among the 2");
  assertThrows(() => dataset.outline(2), RangeError, "not among the 2");
  assertEquals((await open(TRACE, { file: { maxEntries: 50 } })).entries, 3);
});

const FILE = "--input-file: /data/in.jsonl:";

Deno.test("a bad line is named by its number, field and reason", async () => {
  assertEquals(
    await refusal('{"text":"a"}\n\n{"text":"b","delay":-1}\n'),
    `${FILE} line 3: delay: must be a number of at least 0, got -1`,
  );
});

Deno.test("of several bad lines the first is shown and the rest counted", async () => {
  const bad = '{"text":5}\n';
  const first = `${FILE} line 2: text: must be a text that is not empty, got 5`;
  assertEquals(await refusal(`{"text":"a"}\n${bad.repeat(2)}`), `${first} (and 1 more bad line)`);
  assertEquals(await refusal(`{"text":"a"}\n${bad.repeat(4)}`), `${first} (and 3 more bad lines)`);
  const many = `${first} (and at least 99 more bad lines)`;
  assertEquals(await refusal(`{"text":"a"}\n${bad.repeat(500)}`), many);
});

Deno.test("a file without conversations is refused", async () => {
  for (const content of ["", "\n \n"]) {
    assertEquals(await refusal(content), `${FILE} holds no conversation`);
  }
});

Deno.test("a trace with holes is refused", async () => {
  assertEquals(
    await refusal('{"text":"a","timestamp":1}\n{"text":"b"}'),
    `${FILE} line 2: timestamp: is missing, and the lines before have one`,
  );
  assertEquals(
    await refusal('{"text":"a"}\n{"text":"b","timestamp":1}'),
    `${FILE} line 2: timestamp: is there, and the lines before have none`,
  );
});

Deno.test("two lines of one session are refused", async () => {
  const line = '{"session_id":"s","turns":[{"text":"a"}]}\n';
  assertEquals(
    await refusal(line + line),
    `${FILE} line 2: session_id: is that of line 1, too; all turns of a session belong on one line`,
  );
});

Deno.test("the format that is asked for is the one that is read", async () => {
  assertEquals(
    await refusal('{"text":"a"}', { file: { format: "multi_turn" } }),
    `${FILE} line 1: turns: is missing`,
  );
});

Deno.test("a file that was changed during the run is not taken for what it was", async () => {
  const source = memorySource(TRACE);
  const file = datasetFile("/data/in.jsonl");
  const dataset = await createFileDataset(fileOptions({ file, sources: [source] }));
  source.readAt = () => new Uint8Array(4);
  const error = assertThrows(() => dataset.conversation(0), Error);
  assertEquals(error.message, "/data/in.jsonl was changed during the run");
});

Deno.test("the file is closed with the data set, and when it is refused", async () => {
  const file = datasetFile("f");
  const good = memorySource(TRACE);
  const dataset = await createFileDataset(fileOptions({ file, sources: [good] }));
  assertEquals(good.isClosed, false);
  dataset.close();
  assertEquals(good.isClosed, true);
  const bad = memorySource("?");
  await assertRejects(() => createFileDataset(fileOptions({ file, sources: [bad] })));
  assertEquals(bad.isClosed, true);
});

Deno.test("a real file is read here and there; what cannot be read is named", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/in.jsonl`;
    await Deno.writeTextFile(path, TRACE);
    const source = await openInputFile(path);
    const file = datasetFile(path);
    const dataset = await createFileDataset(fileOptions({ file, sources: [source] }));
    assertEquals(dataset.conversation(2).turns[0]!.texts, ["three"]);
    assertEquals(dataset.conversation(0).turns[0]!.texts, ["one"]);
    assertEquals(source.readAt({ offset: TRACE.length - 4, length: 100 }).length, 5);
    dataset.close();
    const missing = await assertRejects(() => openInputFile(`${path}x`), BadInputError);
    assertEquals(missing.message, `--input-file: ${path}x: cannot be read: there is no such file`);
    const dir = await assertRejects(() => openInputFile(folder), BadInputError);
    assertEquals(dir.message, `--input-file: ${folder}: cannot be used: it is no regular file`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
