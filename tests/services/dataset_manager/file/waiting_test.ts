import { assert, assertEquals } from "@std/assert";
import { datasetFile } from "../../../../common/model/dataset_file.ts";
import type { SynthesisPlan } from "../../../../common/model/dataset_file.ts";
import { createFileDataset } from "../../../../services/dataset_manager/file/file_dataset.ts";
import { createPoolDataset } from "../../../../services/dataset_manager/file/pool_dataset.ts";
import { synthesisPlanOf } from "../trace/synthesis_plan.ts";
import { fileOptions } from "./file_options.ts";
import { memorySource } from "./memory_source.ts";

const PIECE = 100_000;

function sourceOf(line: Record<string, unknown>, lines: number) {
  return memorySource(`${JSON.stringify(line)}\n`.repeat(lines), { readBytes: PIECE });
}

/** How far a file has been looked through each time that somebody who waits is told. */
async function looks(
  line: Record<string, unknown>,
  { synthesis = null, isUrgent = false }: { synthesis?: SynthesisPlan | null; isUrgent?: boolean },
): Promise<{ told: number[]; size: number }> {
  const told: number[] = [];
  const source = sourceOf(line, 30_000);
  const dataset = await createFileDataset(fileOptions({
    file: datasetFile("/data/in.jsonl", { synthesis }),
    sources: [source],
    onLook: (bytes) => told.push(bytes),
    rest: () => Promise.resolve(),
  }));
  if (isUrgent) await dataset.known!(Number.MAX_SAFE_INTEGER);
  await dataset.checked;
  dataset.close();
  return { told, size: source.size };
}

Deno.test("of a file that nobody waits for only the beginning is told of", async () => {
  const { told, size } = await looks({ text: "a prompt of some words, to be said again" }, {});
  assert(size > 1.5e6);
  assertEquals(told.at(-1), 11 * PIECE);
});

Deno.test("who has to wait for all of a file is told how far that is", async () => {
  const prompt = { text: "a prompt of some words, to be said again" };
  const whole = await looks(prompt, { isUrgent: true });
  assertEquals(whole.told.at(-1), whole.size);
  const sessions = await looks({ session_id: "s", text_input: "some words to be said again" }, {});
  assertEquals(sessions.told.at(-1), sessions.size);
});

Deno.test("looking through a trace for what its prompts share is told of, too", async () => {
  const synthesis = synthesisPlanOf({ prefixLenMultiplier: 2 });
  const line = { input_length: 4, output_length: 2, extra: { filler: "x".repeat(30) } };
  const { told, size } = await looks(line, { synthesis });
  assertEquals(told.filter((bytes) => bytes === size).length, 1);
  assert(told.indexOf(size) < told.length - 1, "the beginning is read after that");
});

Deno.test("pools are looked through one after the other", async () => {
  const told: number[] = [];
  const sources = ["a", "b"].map((name) => ({
    ...sourceOf({ text: "a prompt of some words" }, 5_000),
    name: `${name}.jsonl`,
  }));
  const dataset = await createPoolDataset(fileOptions({
    file: datasetFile("/data", { format: "random_pool" }),
    sources,
    onLook: (bytes) => told.push(bytes),
  }));
  dataset.close();
  assertEquals(told.at(-1), sources[0]!.size + sources[1]!.size);
  assertEquals(told.toSorted((a, b) => a - b), told);
});
