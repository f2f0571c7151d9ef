import { assertEquals, assertRejects } from "@std/assert";
import { exportFiles, rawPartName } from "../../../common/model/artifact_files.ts";
import { mergeRawParts } from "../../../services/system_controller/raw_parts.ts";

const RAW_EXPORT = exportFiles("p").raw;

async function withParts(
  parts: Record<string, string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [worker, text] of Object.entries(parts)) {
      await Deno.writeTextFile(`${folder}/${rawPartName("p", worker)}`, text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesOf(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("the parts of all workers become one file, without lines that were not finished", async () => {
  const long = "x".repeat(200_000);
  await withParts(
    { worker_b: "3\n", worker_a: `1\n${long}\n2`, worker_c: "", worker_d: long },
    async (folder) => {
      await Deno.writeTextFile(`${folder}/records.jsonl`, "other");
      assertEquals(await mergeRawParts(folder), true);
      assertEquals(await Deno.readTextFile(`${folder}/${RAW_EXPORT}`), `1\n${long}\n3\n`);
      assertEquals(await filesOf(folder), [RAW_EXPORT, "records.jsonl"]);
    },
  );
});

Deno.test("without parts, what has been merged before stays", async () => {
  await withParts({}, async (folder) => {
    await Deno.writeTextFile(`${folder}/${RAW_EXPORT}`, "1\n");
    assertEquals(await mergeRawParts(folder), false);
    assertEquals(await filesOf(folder), [RAW_EXPORT]);
  });
});

Deno.test("parts that cannot be merged are kept", async () => {
  await withParts({ worker_a: "1\n" }, async (folder) => {
    await Deno.mkdir(`${folder}/${RAW_EXPORT}/in the way`, { recursive: true });
    await assertRejects(
      () => mergeRawParts(folder),
      Error,
      `Cannot write ${folder}/${RAW_EXPORT}: `,
    );
    assertEquals(await filesOf(folder), [rawPartName("p", "worker_a"), RAW_EXPORT].toSorted());
  });
});
