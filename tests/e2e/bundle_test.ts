import { assertEquals, assertMatch } from "@std/assert";
import { AIPERF_VERSION } from "../../common/version.ts";
import { bundleProgram, ROOT } from "../../scripts/bundle_program.ts";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";

/** A binary carries the bundle, so this is as near to a binary as can be run without its runtime. */
Deno.test("the bundle that a binary carries makes a whole run", async (t) => {
  // In the tree, where the import map is found, as when it is compiled.
  const folder = `${ROOT}dist/bundle-${crypto.randomUUID()}`;
  try {
    const main = await bundleProgram(folder);
    await withSandbox(async (sandbox) => {
      await t.step("it knows its version", async () => {
        const { code, stdout } = await sandbox.run(["--version"], { main });
        assertEquals([code, stdout], [0, `aiperf ${AIPERF_VERSION}\n`]);
      });
      await t.step("its services find each other, and the tokenizer its files", async () => {
        const args =
          "--mock-server --no-mock-usage --streaming --concurrency 2 --request-count 6 " +
          "--osl 7 --artifact-dir out --config options.yaml --image-width-mean 8 " +
          "--image-height-mean 8 --image-format random --audio-length-mean 0.1 --audio-format mp3";
        await Deno.writeTextFile(`${sandbox.path}/options.yaml`, "input:\n  random_seed: 1\n");
        const { code, stdout, stderr } = await sandbox.run(args.split(" "), { main });
        assertEquals(code, 0, stderr);
        assertMatch(stdout, /Output Sequence Length \(tokens\) │ +7/);
        const { records } = await readArtifacts(`${sandbox.path}/out`);
        assertEquals(records.length, 6);
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
