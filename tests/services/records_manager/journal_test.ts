import { assertEquals } from "@std/assert";
import { Journal } from "../../../services/records_manager/journal.ts";
import { withFolder } from "../../helpers/journal_text.ts";
import { recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";
import { until } from "../../helpers/until.ts";

// A file system of 64 KiB can be had only where the tests run as root on Linux.
const CAN_MOUNT = Deno.build.os === "linux" && Deno.uid() === 0;

Deno.test("a full disk is told once; what was written before is kept and acknowledged", {
  ignore: !CAN_MOUNT,
}, async (t) => {
  await withFolder(async (folder) => {
    const mounted = await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
    if (!mounted) return;
    try {
      await t.step("in a file system of 64 KiB", () => fill(folder));
    } finally {
      await run("umount", folder);
    }
  });
});

async function fill(folder: string): Promise<void> {
  const errors: string[] = [];
  let saved = 0;
  const path = `${folder}/records.jsonl`;
  const journal = await Journal.open<string>({
    path,
    config: runConfigOf(),
    restore() {},
    onBadLine() {},
    onSaved: (counts) => saved = counts.get("worker") ?? saved,
    onError: ({ message }) => errors.push(message),
  });
  for (let creditId = 0; errors.length === 0; creditId++) {
    void journal.add(JSON.stringify(recordOf({ creditId })), "worker");
    await journal.flush();
  }
  await until("the error", () => journal.hasFailed);
  void journal.add("{}", "worker");
  await journal.close();
  assertEquals(errors, [`Cannot write ${path}: No space left on device; results so far are kept`]);
  const whole = (await Deno.readTextFile(path)).split("\n").slice(1, -1);
  assertEquals(whole.length, saved);
  assertEquals(saved > 10, true);
}

/** Whether a command went well; one that is not there did not. */
async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}
