import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readJournal } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { CAN_MOUNT, withDisk } from "../helpers/small_disk.ts";

Deno.test("a run on a disk that gets full ends with what was measured", {
  ignore: !CAN_MOUNT,
}, async () => {
  await withSandbox(async (sandbox) => {
    await withDisk(sandbox, "size=300k", () => fill(sandbox));
  });
});

async function fill(sandbox: Sandbox): Promise<void> {
  const args = "--mock-server --streaming --concurrency 8 --request-count 100000 " +
    "--artifact-dir disk/out";
  const { code, stdout, stderr } = await sandbox.run(args.split(" "));
  const out = `${sandbox.path}/disk/out`;
  assertEquals(code, 1);
  const full = "No space left on device";
  // Which of the two files meets the end of the disk first is a matter of chance.
  assertMatch(stderr, new RegExp(`Cannot write ${out}/(records|profile_export)\\.jsonl: ${full}`));
  assertStringIncludes(stderr, `aiperf: Cannot write ${out}/profile_export_aiperf.json: ${full}\n`);
  const kept = (await readJournal(out)).filter(({ outcome }) => outcome === "success").length;
  assert(kept > 10);
  const [, count] = /Request Count \(requests\) │ +([\d,]+) │/.exec(stdout)!;
  assertEquals(Number(count!.replaceAll(",", "")), kept);
}
