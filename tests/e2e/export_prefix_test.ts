import { assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";

const FILES = [
  "inputs.json",
  "logs/aiperf.log",
  "mine.jsonl",
  "mine_aiperf.csv",
  "mine_aiperf.json",
  "mine_console.txt",
  "mine_raw.jsonl",
  "records.jsonl",
];

Deno.test("--profile-export-prefix names the exports, and those of aiperf report", async () => {
  await withSandbox(async (sandbox) => {
    const out = `${sandbox.path}/out`;
    const args = "--mock-server --request-count 3 --isl 8 --osl 2 --artifact-dir out " +
      "--export-level raw --profile-export-file mine.json";
    const { code, stdout, stderr } = await sandbox.run(args.split(" "));
    assertEquals(code, 0, stderr);
    assertEquals(await filesBelow(out), FILES);
    for (const file of FILES.filter((name) => /^(mine_|mine.jsonl)/.test(name))) {
      if (file !== "mine_console.txt") assertStringIncludes(stdout, `: ${out}/${file}\n`);
    }
    const summary = await Deno.readTextFile(`${out}/mine_aiperf.json`);
    for (const file of ["mine_aiperf.json", "mine_aiperf.csv", "mine.jsonl", "mine_console.txt"]) {
      await Deno.remove(`${out}/${file}`);
    }
    assertEquals((await sandbox.run(["report", "out"])).code, 0);
    assertEquals(await filesBelow(out), FILES);
    assertEquals(await Deno.readTextFile(`${out}/mine_aiperf.json`), summary);

    // What is replaced is gone, also where less is written than before.
    const less = args.replace("--export-level raw", "--export-level summary --overwrite");
    assertEquals((await sandbox.run(less.split(" "))).code, 0);
    assertEquals(
      await filesBelow(out),
      FILES.filter((file) => !["mine.jsonl", "mine_raw.jsonl"].includes(file)),
    );
  });
});
