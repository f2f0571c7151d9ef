import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readJournal } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";

// A small disk can be had only where the tests run as root on Linux.
const CAN_MOUNT = Deno.build.os === "linux" && Deno.uid() === 0;

/** Whether a command went well; one that is not there did not. */
async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}

Deno.test("a run on a disk that gets full ends with what was measured", {
  ignore: !CAN_MOUNT,
}, async () => {
  await withSandbox(async (sandbox) => {
    const disk = `${sandbox.path}/disk`;
    await Deno.mkdir(disk);
    // In a container without the right to mount there is nothing to test.
    if (!await run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk)) return;
    try {
      await fill(sandbox);
    } finally {
      await run("umount", disk);
    }
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
