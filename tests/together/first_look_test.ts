import { assert, assertEquals } from "@std/assert";
import type { Given } from "../../common/config/layer.ts";
import type { OptionKey } from "../../common/config/option_table.ts";
import { timesOfInputFile } from "../../common/config/trace_default.ts";
import { datasetFile } from "../../common/model/dataset_file.ts";
import { DATASET_FORMATS, type DatasetFormat } from "../../common/model/dataset_format.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import { createFileDataset } from "../../services/dataset_manager/file/file_dataset.ts";
import { fileOptions } from "../services/dataset_manager/file/file_options.ts";
import { memorySource } from "../services/dataset_manager/file/memory_source.ts";

const IDS = ["", '"session_id":"s",', '"chat_id":4,"parent_chat_id":-1,'];

const TIMES = ["0,", "null,", '"1",', "-2,"].map((value) => `"timestamp":${value}`)
  .concat("", '"delay":3,');

const TURNS = [
  '[{"text":"a"}]',
  '[{"text":"a","timestamp":1}]',
  '[{"role":"system","text":"a"},{"text":"b","timestamp":1}]',
  '[{"role":"system","text":"a"},{"text":"b"}]',
  '[{"role":"system","text":"a","timestamp":1},{"text":"b"}]',
  "[]",
  'null,"text":"a"',
];

const CONTENTS = [
  '"text":"a"',
  '"texts":["a"]',
  '"image":"http://a/b.png"',
  '"input_length":5',
  '"text_input":"a"',
  '"messages":[{"role":"user","content":"a"}]',
  '"payload":{"messages":[]}',
  '"payloads":[{"messages":[]}]',
  '"payloads":null,"text":"a"',
  '"data":[{"text":"a","timestamp":0}]',
  '"data":3,"text":"a"',
  ...TURNS.map((turns) => `"turns":${turns}`),
];

const LINES = IDS.flatMap((id) =>
  TIMES.flatMap((time) => CONTENTS.map((content) => `{${id}${time}${content}}`))
);

/** What the command line finds out about a file of one line. */
function firstLook(line: string, format: DatasetFormat | null) {
  const origin = { layer: "command line", name: "" } as const;
  const given = (key: OptionKey, raw: unknown): Given => ({ key, raw, origin, shown: "" });
  const type = format === null ? [] : [given("customDatasetType", format)];
  const all = [given("inputFile", "a"), given("fixedSchedule", true), ...type];
  return timesOfInputFile(all, () => Promise.resolve(line));
}

/** What the reading of all of it finds out. */
async function fullRead(line: string, format: DatasetFormat | null) {
  try {
    const file = datasetFile("/data/in.jsonl", { format });
    const dataset = await createFileDataset(fileOptions({ file, sources: [memorySource(line)] }));
    dataset.close();
    return dataset.info().hasTimestamps ? "timed" : "untimed";
  } catch (error) {
    if (error instanceof BadInputError) return "refused";
    throw error;
  }
}

// A pool is drawn from, and never has times.
for (const format of [null, ...DATASET_FORMATS.filter((name) => name !== "random_pool")]) {
  const name = format ?? "what its first line is like";
  Deno.test(`a first look at a file of ${name} never contradicts the reading of it`, async () => {
    for (const line of LINES) {
      const [look, truth] = [await firstLook(line, format), await fullRead(line, format)];
      if (truth === "untimed") assertEquals(look, "untimed", line);
      if (truth === "timed") assert(look !== "untimed", line);
    }
  });
}
