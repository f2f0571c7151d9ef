import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { type Artifacts, filesBelow, readArtifacts, readJournal } from "../helpers/artifacts.ts";
import {
  aiperfCommand,
  HAS_PROC,
  type RunningAiperf,
  type Sandbox,
  withSandbox,
} from "../helpers/run_aiperf.ts";
import { StallingServer, withServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";
import { checkAgreement } from "./agreement.ts";

/** Once so many requests are stuck, as many slots are taken and nothing goes on. */
const CONCURRENCY = 4;

/** What has ended by then: three requests of four. */
const ENDED = 3 * CONCURRENCY;

/** A run that has come to a standstill in the middle. */
interface StalledRun {
  readonly sandbox: Sandbox;
  readonly running: RunningAiperf;
}

async function withStalledRun(use: (run: StalledRun) => Promise<void>): Promise<void> {
  await using server = new StallingServer();
  await withSandbox(async (sandbox) => {
    const running = sandbox.start([
      ...[
        "--url",
        server.url,
        "--model",
        "m",
        "--streaming",
        "--isl",
        "8",
        "--artifact-dir",
        "out",
      ],
      ...["--concurrency", `${CONCURRENCY}`, "--request-count", "100", "--workers-max", "2"],
    ]);
    await until("the standstill", () => server.stalled === CONCURRENCY);
    await until("the journal", async () => {
      const records = await readJournal(`${sandbox.path}/out`);
      return records.length === ENDED;
    });
    await use({ sandbox, running });
  });
}

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} in the middle of a run`, async (t) => {
    await withStalledRun(async ({ sandbox, running }) => {
      running.kill(signal);
      const { code, stdout, stderr } = await running.finished;

      await t.step(`ends it with ${exitCode}`, () => assertEquals(code, exitCode, stderr));
      await t.step("leaves no process and no run directory when it has ended", async () => {
        assertEquals(await sandbox.processes(), []);
        assertEquals(await sandbox.runDirs(), []);
      });
      await t.step("is acknowledged", () => {
        assertStringIncludes(
          stderr,
          `aiperf: ${signal}: ending the run; once more to end at once\n`,
        );
      });
      await t.step("is told of as what it is, not as complete", () => {
        const sent = `${ENDED + CONCURRENCY} of 100 requests`;
        assertMatch(stderr, new RegExp(`^profiling broken off after ${sent}, [\\d.]+ s, `, "m"));
        assertStringIncludes(stderr, ` s, ${CONCURRENCY} cancelled\n`);
        assertEquals(stderr.includes("complete:"), false, stderr);
      });
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      await t.step("leaves the results of what had ended", () => checkPartial(artifacts));
      await t.step("is named in them as their end", () => {
        const detail =
          `The run was interrupted by ${signal}: the results cover what had ended by then.`;
        assertEquals(artifacts.json["run_end"], { reason: "interrupted", detail });
        assertStringIncludes(artifacts.console, `Warning: ${detail}\n`);
      });
      await t.step("leaves them in all files", () => {
        assertEquals(stdout, artifacts.console);
        checkAgreement(artifacts);
      });
    });
  });
}

function checkPartial({ json, records, inputs }: Artifacts): void {
  assertEquals(json.was_cancelled, true);
  assertEquals(json.credits, {
    issued: ENDED + CONCURRENCY,
    succeeded: ENDED,
    failed: 0,
    cancelled: CONCURRENCY,
    lost: 0,
  });
  assertEquals(json.error_summary, [{
    error_details: {
      code: 499,
      type: "RequestCancellationError",
      message: "the run ended before the answer was complete",
    },
    count: CONCURRENCY,
  }]);
  for (const record of records.filter(({ outcome }) => outcome === "cancelled")) {
    assertEquals(record.chunksAfterNs.length, 1, "what had arrived is kept");
  }
  assert(inputs.data.length > 0);
}

Deno.test("a second SIGINT ends a run at once, without results", async () => {
  await withStalledRun(async ({ sandbox, running }) => {
    running.kill("SIGINT");
    await until("the answer to the first", () => running.stderr.includes("once more"));
    // Sooner it would count as the same key.
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.finished;
    assertEquals({ code, stdout }, { code: 130, stdout: "" });
    const out = `${sandbox.path}/out`;
    assertEquals(
      stderr.trimEnd().split("\n").at(-1),
      `aiperf: SIGINT: ended at once; the results are in the journal: aiperf report ${out} makes them`,
    );
    await sandbox.untilClean();
    assertEquals((await filesBelow(out)).includes("inputs.json"), false);
    await checkJournal(sandbox);
    const report = await sandbox.run(["report", out]);
    assertEquals(report.code, 1, report.stderr);
    const { credits } = JSON.parse(
      await Deno.readTextFile(`${out}/${ARTIFACT_FILES.summaryJson}`),
    );
    assertEquals(credits.succeeded, ENDED);
  });
});

Deno.test("the services of a controller that is killed end by themselves", async () => {
  await withStalledRun(async ({ sandbox, running }) => {
    running.kill("SIGKILL");
    await running.finished;
    await sandbox.untilClean();
    await checkJournal(sandbox);
  });
});

/** What had ended is on disk. */
async function checkJournal(sandbox: Sandbox): Promise<void> {
  const records = await readJournal(`${sandbox.path}/out`);
  assertEquals(records.filter(({ outcome }) => outcome === "success").length, ENDED);
}

for (const service of ["worker_manager", "timing_manager"]) {
  Deno.test({
    name: `a run whose ${service} is killed`,
    ignore: !HAS_PROC,
    fn: (t) =>
      withStalledRun(async ({ sandbox, running }) => {
        const victim = await sandbox.processNamed(`aiperf ${service}`);
        Deno.kill(victim.pid, "SIGKILL");
        const { code, stdout, stderr } = await running.finished;

        await t.step("ends with 1 and says so", () => {
          assertEquals(code, 1);
          assertStringIncludes(
            stderr,
            `aiperf: ${service} was ended by SIGKILL in the middle of the run\n`,
          );
        });
        await t.step("leaves on disk what had ended", () => checkJournal(sandbox));
        await t.step("leaves the results of it", async () => {
          const json = JSON.parse(
            await Deno.readTextFile(`${sandbox.path}/out/profile_export_aiperf.json`),
          );
          assertEquals(json.credits.succeeded, ENDED);
          assertEquals(json.was_cancelled, true);
          assertEquals(json.run_end, {
            reason: "failure",
            detail: `The run failed: ${service} was ended by SIGKILL in the middle of the run; ` +
              "the results cover what had ended by then.",
          });
          assertMatch(stdout, /aiperf \| LLM Metrics/);
        });
        // Nobody else can cut off the load.
        if (service !== "timing_manager") {
          await t.step("leaves a record of every request in flight", async () => {
            const records = await readJournal(`${sandbox.path}/out`);
            const cancelled = records.filter(({ outcome }) => outcome === "cancelled");
            assertEquals(cancelled.length, CONCURRENCY);
          });
        }
      }),
  });
}

Deno.test({
  name: "a run whose worker is killed",
  ignore: !HAS_PROC,
  fn: (t) =>
    withSandbox(async (sandbox) => {
      const args = "--mock-server --mock-ttft 20 --mock-itl 20 --osl 20 --concurrency 8 " +
        "--request-count 120 --workers-max 2 --artifact-dir out";
      const running = sandbox.start(args.split(" "));
      await until("records", () => hasLines(`${sandbox.path}/out/records.jsonl`, 8));
      const workers = (await sandbox.processes()).filter(({ title }) => isWorker(title));
      assertEquals(workers.length, 2);
      const dead = workers[0]!;
      const id = dead.title.replace("aiperf ", "");
      Deno.kill(dead.pid, "SIGKILL");
      const { code, stdout, stderr } = await running.finished;
      const artifacts = await readArtifacts(`${sandbox.path}/out`);

      await t.step("goes on to its end with another worker in its place", async () => {
        assertEquals(code, 0, stderr);
        const log = await Deno.readTextFile(`${sandbox.path}/out/logs/aiperf.log`);
        assertStringIncludes(log, `${id} was ended by SIGKILL in the middle of the run`);
        assertStringIncludes(log, `replaces ${id}`);
      });
      await t.step("has one record for every request, those of the dead worker lost", () => {
        const lost = artifacts.records.filter(({ outcome }) => outcome === "lost");
        for (const { workerId } of lost) assertEquals(workerId, id);
        assertEquals(new Set(artifacts.records.map(({ creditId }) => creditId)).size, 120);
        const { issued, succeeded } = artifacts.json.credits;
        assertEquals([issued, succeeded! + lost.length], [120, 120]);
      });
      await t.step("says in the results that requests got lost", () => {
        const lost = artifacts.records.filter(({ outcome }) => outcome === "lost");
        if (lost.length > 0) assertStringIncludes(stdout, "got lost because a process died");
        checkAgreement(artifacts);
      });
    }),
});

function isWorker(title: string): boolean {
  return /^aiperf worker_[0-9a-f]{8}$/.test(title);
}

async function hasLines(path: string, count: number): Promise<boolean> {
  try {
    return (await Deno.readTextFile(path)).split("\n").length > count;
  } catch {
    return false;
  }
}

Deno.test("a run whose services cannot be started ends with 1 and says which and why", async () => {
  await withSandbox(async (sandbox) => {
    const deno = `${sandbox.path}/deno`;
    // By another process: whom this one starts meanwhile has its open files for a moment, and what is
    // still open for writing cannot be run.
    await new Deno.Command("cp", { args: [Deno.execPath(), deno] }).output();
    // The program asks for the model before it starts its services; by then it is gone.
    const takeAway = (request: Request) => {
      if (request.url.endsWith("/v1/models")) Deno.removeSync(deno);
      return Response.json({ data: [{ id: "m" }] });
    };
    await withServer(takeAway, async (url) => {
      const args = ["--url", url, "--artifact-dir", "out"];
      const { code, stdout, stderr } = await sandbox.run(args, { deno });
      assertEquals({ code, stdout }, { code: 1, stdout: "" });
      assertMatch(stderr, /^aiperf: Cannot start worker_manager: .*No such file or directory/);
    });
  });
});

Deno.test("a reader that goes away does not disturb a run", async () => {
  await withSandbox(async (sandbox) => {
    const args = "profile --mock-server --request-count 10 --artifact-dir out".split(" ");
    // A pipeline's code is that of its last part that failed.
    const { code, stdout } = await new Deno.Command("bash", {
      args: ["-c", 'set -o pipefail; "$@" 2>&1 | true', "-", ...aiperfCommand(args)],
      cwd: sandbox.path,
      ...sandbox.environment(),
    }).output();
    assertEquals({ code, stdout: stdout.length }, { code: 0, stdout: 0 });
    await readArtifacts(`${sandbox.path}/out`);
  });
});

Deno.test("a reader that goes away does not disturb --help", async () => {
  await withSandbox(async (sandbox) => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", 'set -o pipefail; "$@" | head -n 1', "-", ...aiperfCommand(["--help"])],
      ...sandbox.environment(),
    }).output();
    assertEquals(code, 0);
    assertEquals(
      new TextDecoder().decode(stdout),
      "aiperf measures the performance of generative-AI inference servers.\n",
    );
    assertEquals(stderr.length, 0);
  });
});
