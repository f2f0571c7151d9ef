import { assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";

const RUN = "--mock-server --request-count 3 --ui-type none --artifact-dir out".split(" ");
const SERIES = "--num-profile-runs 2 --ui-type none --artifact-dir series".split(" ");
const FULL = "aiperf: cannot write to stdout: No space left on device";

/** Linux alone has a device that is always full. */
const ignore = Deno.build.os !== "linux";

async function succeededIn(folder: string): Promise<number | undefined> {
  return (await readArtifacts(folder)).json.credits["succeeded"];
}

/** Runs the program with a full disk behind its stdout; what it says must end with `lastLine`. */
async function runFull(sandbox: Sandbox, args: readonly string[], lastLine: string): Promise<void> {
  const { code, stdout, stderr } = await sandbox.runInShell(args, "> /dev/full");
  assertEquals([code, stdout, stderr.trimEnd().split("\n").at(-1)], [1, "", lastLine]);
}

Deno.test("a full disk behind stdout is told with exit code 1, and the files are there", {
  ignore,
}, async () => {
  await withSandbox(async (sandbox) => {
    const { path } = sandbox;
    await runFull(sandbox, RUN, `${FULL}; the results are in ${path}/out`);
    assertEquals(await succeededIn(`${path}/out`), 3);

    await Deno.remove(`${path}/out/profile_export_aiperf.json`);
    await Deno.remove(`${path}/out/inputs.json`);
    const report = await sandbox.runInShell(["report", "out"], "> /dev/full");
    assertEquals(report.code, 1);
    assertStringIncludes(report.stderr, `${FULL}\n`);
    await Deno.stat(`${path}/out/profile_export_aiperf.json`);
  });
});

Deno.test("no run of a series counts as failed because its table cannot be shown", {
  ignore,
}, async () => {
  await withSandbox(async (sandbox) => {
    const { path } = sandbox;
    const args = ["--mock-server", "--request-count", "3", ...SERIES];
    await runFull(sandbox, args, `${FULL}; the results are in ${path}/series`);
    const text = await Deno.readTextFile(
      `${path}/series/aggregate/profile_export_aiperf_aggregate.json`,
    );
    assertEquals(JSON.parse(text).metadata.num_successful_runs, 2);
  });
});

const PRINTING: readonly (readonly string[])[] = [
  ["--help"],
  ["--version"],
  ["config", "show"],
  ["completions", "bash"],
  ["analyze-trace", "trace.jsonl"],
];

for (const args of PRINTING) {
  Deno.test(`a full disk behind aiperf ${args.join(" ")} is told`, { ignore }, async () => {
    await withSandbox(async (sandbox) => {
      await Deno.writeTextFile(`${sandbox.path}/trace.jsonl`, '{"input_length":5}\n');
      await runFull(sandbox, args, FULL);
    });
  });
}

Deno.test("that nobody reads on is no failure, and the files are there", async () => {
  await withSandbox(async (sandbox) => {
    for (const args of [RUN, ["report", "out"], ["--help"]]) {
      const { code, stderr } = await sandbox.runInShell(args, "| true");
      assertEquals([code, stderr.includes("stdout")], [0, false], stderr);
    }
    assertEquals(await succeededIn(`${sandbox.path}/out`), 3);
  });
});
