import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { filesBelow, readArtifacts, readJournal, type SummaryJson } from "../helpers/artifacts.ts";
import { aiperfCommand, type Finished, type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { CAN_MOUNT, withDisk } from "../helpers/small_disk.ts";
import { checkAgreement } from "./agreement.ts";

const IS_WINDOWS = Deno.build.os === "windows";

/** At a pace that a model may have: a row of the table with larger numbers takes two lines. */
const LOAD = ("--mock-server --mock-ttft 5 --mock-itl 1 --streaming --isl 16 --osl 10 " +
  "--concurrency 4 --request-count 40").split(" ");

interface ShellRun {
  /** What the shell runs; `"$@"` is the program with its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** Runs the program from a shell that has prepared its surroundings. */
async function runFrom(sandbox: Sandbox, run: ShellRun): Promise<Finished> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", run.script, "-", ...aiperfCommand(run.args)],
    cwd: run.cwd ?? sandbox.path,
    ...sandbox.environment(run.env),
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function checkWhole(sandbox: Sandbox, { code, stderr }: Finished): Promise<void> {
  assertEquals(code, 0, stderr);
  const artifacts = await readArtifacts(`${sandbox.path}/out`);
  assertEquals(artifacts.json.credits["succeeded"], 40);
  checkAgreement(artifacts);
}

const INTO = ["--artifact-dir", "out"];

Deno.test("a run needs no environment at all", { ignore: IS_WINDOWS }, async () => {
  await withSandbox(async (sandbox) => {
    // The mark stays, by which the sandbox knows its processes.
    const script = 'exec env -i AIPERF_RUNTIME_DIR="$AIPERF_RUNTIME_DIR" "$@"';
    await checkWhole(sandbox, await runFrom(sandbox, { script, args: [...LOAD, ...INTO] }));
  });
});

Deno.test("a run needs no HOME, and none that exists", { ignore: IS_WINDOWS }, async () => {
  for (const script of ['unset HOME; exec "$@"', 'HOME="$PWD/nowhere" exec "$@"']) {
    await withSandbox(async (sandbox) => {
      await checkWhole(sandbox, await runFrom(sandbox, { script, args: [...LOAD, ...INTO] }));
    });
  }
});

Deno.test("a reader that stops after one line gets it, and the run is whole", {
  ignore: IS_WINDOWS,
}, async () => {
  await withSandbox(async (sandbox) => {
    const script = 'set -o pipefail; "$@" | head -n 1';
    const finished = await runFrom(sandbox, { script, args: [...LOAD, ...INTO] });
    assertMatch(finished.stdout, /^ *aiperf \| LLM Metrics\n$/);
    await checkWhole(sandbox, finished);
  });
});

Deno.test("a run with few file descriptors tells which requests had none", {
  ignore: IS_WINDOWS,
}, async () => {
  await withSandbox(async (sandbox) => {
    const script = 'ulimit -n 64; exec "$@"';
    await checkWhole(sandbox, await runFrom(sandbox, { script, args: [...LOAD, ...INTO] }));
    const args = "--mock-server --streaming --isl 16 --concurrency 100 --request-count 400 " +
      "--mock-ttft 50 --workers-max 1 --artifact-dir more";
    const { code, stdout, stderr } = await runFrom(sandbox, { script, args: args.split(" ") });
    assertEquals(code, 0, stderr);
    // The requests that had a descriptor were measured, and the last file finds one, too.
    assertEquals((await filesBelow(`${sandbox.path}/more`)).includes("inputs.json"), true);
    const records = await readJournal(`${sandbox.path}/more`);
    const json: SummaryJson = JSON.parse(
      await Deno.readTextFile(`${sandbox.path}/more/profile_export_aiperf.json`),
    );
    assertEquals(records.length, 400);
    const { issued, succeeded, failed } = json.credits;
    assert(succeeded! > 0 && failed! > 0);
    assertEquals([issued, succeeded! + failed!], [400, 400]);
    assertEquals(json.error_summary.map(({ error_details: { message } }) => message), [
      "too many open files: raise the limit with ulimit -n",
    ]);
    assertStringIncludes(stdout, `${failed} requests failed because this machine had no free file`);
  });
});

Deno.test("a run that cannot write one of its files says which and why, and fails", async () => {
  await withSandbox(async (sandbox) => {
    await Deno.mkdir(`${sandbox.path}/out/inputs.json`, { recursive: true });
    const { code, stdout, stderr } = await sandbox.run([...LOAD, ...INTO]);
    assertEquals(code, 1, stderr);
    assertMatch(stderr, /^aiperf: Cannot write \S+\/out\/inputs\.json: .*it is a folder$/m);
    assertStringIncludes(stdout, "Request Count");
  });
});

Deno.test(
  "a working directory that cannot be written is refused, unless the results go elsewhere",
  {
    ignore: !CAN_MOUNT,
  },
  async () => {
    await withSandbox(async (sandbox) => {
      await withDisk(sandbox, "ro", async (cwd) => {
        const script = 'exec "$@"';
        const refused = await runFrom(sandbox, { script, args: LOAD, cwd });
        assertEquals([refused.code, refused.stdout], [2, ""]);
        assertMatch(
          refused.stderr,
          /^aiperf: --artifact-dir: cannot (make|write to) "\S+": .*[Rr]ead-only file system.*\n$/,
        );
        const args = [...LOAD, "--artifact-dir", `${sandbox.path}/out`];
        await checkWhole(sandbox, await runFrom(sandbox, { script, args, cwd }));
      });
    });
  },
);
