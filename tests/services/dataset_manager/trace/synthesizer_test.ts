import { assertEquals } from "@std/assert";
import type { SynthesisPlan } from "../../../../common/model/dataset_file.ts";
import { LineReader } from "../../../../services/dataset_manager/file/line_reader.ts";
import { synthesizer } from "../../../../services/dataset_manager/trace/synthesizer.ts";
import { memorySource } from "../file/memory_source.ts";
import { SETTINGS } from "../formats/settings.ts";
import { synthesisPlanOf } from "./synthesis_plan.ts";

const encoder = new TextEncoder();

/** Two begin with the same block of 512 tokens, and have 100 and 200 of their own. */
const TRACE = [
  '{"input_length":612,"hash_ids":[1,2]}',
  "no row at all",
  '{"input_length":712,"hash_ids":[1,3]}',
];

/** How long the prompts of a trace become, and how much of it was looked through before. */
async function synthesized(lines: readonly string[], change: Partial<SynthesisPlan>) {
  let lookedBytes = 0;
  const newReader = () => new LineReader("mooncake_trace", SETTINGS);
  const make = await synthesizer(synthesisPlanOf(change), memorySource(lines.join("\n")), {
    newReader,
    onLook: (bytes) => lookedBytes = bytes,
  });
  const reader = newReader();
  const lengths = lines.filter((line) => line.startsWith("{")).map((line) => {
    const row = make(reader.read(encoder.encode(line))!);
    return row && row.prompts![0]!.inputTokens;
  });
  return { lengths, lookedBytes };
}

Deno.test("what prompts share is known from all of the trace before its first row is made", async () => {
  const { lengths, lookedBytes } = await synthesized(TRACE, { prefixLenMultiplier: 2 });
  assertEquals(lengths, [2 * 512 + 100, 2 * 512 + 200]);
  assertEquals(lookedBytes, TRACE.join("\n").length);
});

Deno.test("a prompt that shares nothing is all its own", async () => {
  const { lengths } = await synthesized(TRACE.slice(0, 1), { promptLenMultiplier: 2 });
  assertEquals(lengths, [2 * 612]);
});

Deno.test("a trace is not looked through where nothing depends on what its prompts share", async () => {
  const { lengths, lookedBytes } = await synthesized(TRACE, { speedupRatio: 2, maxIsl: 700 });
  assertEquals(lengths, [612, null]);
  assertEquals(lookedBytes, 0);
});
