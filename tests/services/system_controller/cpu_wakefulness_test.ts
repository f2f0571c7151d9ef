import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { keepCpusAwake } from "../../../services/system_controller/cpu_wakefulness.ts";

Deno.test("no latency at all is asked of the CPUs, until they may sleep again", async () => {
  const file = await Deno.makeTempFile();
  try {
    const letSleep = await keepCpusAwake(file);
    assertEquals(await Deno.readFile(file), new Uint8Array(4));
    await letSleep();
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a machine without the interface is told with the option and a way out", async () => {
  const error = await assertRejects(() => keepCpusAwake("/nowhere/latency"), BadInputError);
  assertEquals(
    error.message,
    "--keep-cpus-awake: cannot write /nowhere/latency: no such file; it takes Linux and the " +
      "rights of root; leave --keep-cpus-awake out to do without",
  );
});

Deno.test("a machine without a shell is told so, too", async () => {
  const error = await assertRejects(() => keepCpusAwake("/dev/null", "/nowhere/sh"), BadInputError);
  assertStringIncludes(error.message, "cannot write /dev/null: there is no /nowhere/sh here; ");
});

Deno.test("what keeps us from writing is told", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const error = await assertRejects(() => keepCpusAwake(folder), BadInputError);
    assertEquals(error.message.split("; ")[0]!.split(": ").slice(0, 2), [
      "--keep-cpus-awake",
      `cannot write ${folder}`,
    ]);
  } finally {
    await Deno.remove(folder);
  }
});
