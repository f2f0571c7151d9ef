import { assertEquals, assertRejects } from "@std/assert";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { createFileDataset } from "../../../../services/dataset_manager/file/file_dataset.ts";
import { kindProblem } from "../../../../services/dataset_manager/file/file_kinds.ts";
import { fileOptions } from "./file_options.ts";
import { memorySource } from "./memory_source.ts";

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("what is compressed, or no UTF-8, is told by what to do with it", async () => {
  const text = '{"text":"a"}\n';
  const utf16 = new Uint8Array(
    new Uint16Array([...`\uFEFF${text}`].map((c) => c.charCodeAt(0))).buffer,
  );
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [await gzip(text), "is compressed (gzip): unpack it first"],
    [utf16, "is UTF-16: save it as UTF-8"],
    [new TextEncoder().encode("PAR1...."), "is a Parquet file: make JSON lines of it first"],
  ];
  for (const [bytes, problem] of cases) {
    const options = fileOptions({ sources: [memorySource(bytes)] });
    const { message } = await assertRejects(() => createFileDataset(options), BadInputError);
    assertEquals(message, `--input-file: /data/in.jsonl: ${problem}`);
  }
});

Deno.test("nothing speaks against text, with or without a byte order mark, or against nothing", () => {
  for (const text of ['{"text":"a"}', "\uFEFF{}", "Timestamp,Model", "P", ""]) {
    assertEquals(kindProblem(new TextEncoder().encode(text)), null);
  }
});
