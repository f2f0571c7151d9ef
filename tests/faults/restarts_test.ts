import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { readArtifacts, readJournal } from "../helpers/artifacts.ts";
import { HAS_PROC, type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { servePosts } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";
import { checkJournal, checkReport, checkSummary } from "./check_run.ts";

const REQUESTS = 500;

const LOAD = "--osl 10 --concurrency 8 " +
  `--request-count ${REQUESTS} --workers-max 2 --artifact-dir out`;

const RUN = `profile --mock-server --mock-ttft 60 --mock-itl 10 ${LOAD}`;

/** What the answers of a patient server take. */
const ANSWER_MS = 150;

/** A server that can be told to wait with its answers. */
class PatientServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #released = Promise.withResolvers<void>();
  #received = 0;
  #holdFrom = Infinity;
  #held = 0;
  #answered = 0;

  constructor() {
    this.#server = servePosts(() => this.#answer());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get answered(): number {
    return this.#answered;
  }

  /** How many requests wait for the release. */
  get held(): number {
    return this.#held;
  }

  /** Answers only so many requests before the release. */
  holdFrom(count: number): void {
    this.#holdFrom = count;
  }

  release(): void {
    this.#released.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#server.shutdown();
  }

  async #answer(): Promise<Response> {
    const number = this.#received++;
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    if (number >= this.#holdFrom) {
      this.#held++;
      await this.#released.promise;
    }
    this.#answered++;
    return Response.json({
      choices: [{ message: { content: "Hello" } }],
      usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
    });
  }
}

function runAgainst(server: PatientServer): string[] {
  return `profile --url ${server.url} --model m --tokenizer builtin ${LOAD}`.split(" ");
}

const RESTARTABLE = ["dataset_manager", "records_manager", "post_processor_manager"];

async function untilRecords(sandbox: Sandbox, count: number): Promise<void> {
  await until(`${count} records`, async () => {
    const records = await readJournal(`${sandbox.path}/out`).catch(() => []);
    return records.length >= count;
  });
}

async function signal(sandbox: Sandbox, title: string, what: Deno.Signal): Promise<number> {
  const { pid } = await sandbox.processNamed(`aiperf ${title}`);
  Deno.kill(pid, what);
  return pid;
}

/** Stops one of the workers; returns its id. */
async function stopAWorker(sandbox: Sandbox): Promise<string> {
  const worker = (await sandbox.processes())
    .find(({ title }) => /^aiperf worker_[0-9a-f]{8}$/.test(title))!;
  Deno.kill(worker.pid, "SIGSTOP");
  return worker.title.replace("aiperf ", "");
}

/** Every credit has one record, the exports say so, and the journal alone gives the same report. */
async function checkWhole(sandbox: Sandbox, stdout: string): Promise<void> {
  const { records, json } = await readArtifacts(`${sandbox.path}/out`);
  assertEquals(new Set(records.map(({ creditId }) => creditId)).size, REQUESTS);
  assertEquals(records.length, REQUESTS);
  const { issued, succeeded, lost } = json.credits;
  assertEquals([issued, succeeded! + lost!], [REQUESTS, REQUESTS]);
  const path = `${sandbox.path}/out/${ARTIFACT_FILES.summaryJson}`;
  const made = await Deno.readTextFile(path);
  const rebuilt = await sandbox.run(["report", "out"]);
  assertEquals(rebuilt, { code: 0, stderr: "", stdout });
  assertEquals(await Deno.readTextFile(path), made);
}

Deno.test({
  name: "a run whose services are killed one after the other is complete all the same",
  ignore: !HAS_PROC,
  fn: () =>
    withSandbox(async (sandbox) => {
      const running = sandbox.start(RUN.split(" "));
      for (const [i, service] of RESTARTABLE.entries()) {
        await untilRecords(sandbox, 60 * (i + 1));
        await signal(sandbox, service, "SIGKILL");
      }
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      const text = stdout.replaceAll(/\s+/g, " ");
      for (const service of RESTARTABLE) {
        const said = `${service} was ended by SIGKILL in the middle of the run`;
        assertStringIncludes(text, `Warning: ${said}, and was started again.`);
        const log = await Deno.readTextFile(`${sandbox.path}/out/${ARTIFACT_FILES.log}`);
        assertStringIncludes(log, `${said}: it is started again`);
      }
      await checkWhole(sandbox, stdout);
      const { records } = await readArtifacts(`${sandbox.path}/out`);
      assertEquals(records.filter(({ outcome }) => outcome !== "success"), []);
    }),
});

Deno.test({
  name: "a run with a worker and a records manager that stand still is complete all the same",
  ignore: !HAS_PROC,
  fn: () =>
    withSandbox(async (sandbox) => {
      await using server = new PatientServer();
      const running = sandbox.start(runAgainst(server));
      await untilRecords(sandbox, 40);
      // However long it takes: until then the run does not end, and its worker has work.
      server.holdFrom(300);
      // For ever: nobody wakes them up, they are to be ended.
      const hung = await signal(sandbox, "records_manager", "SIGSTOP");
      // One after the other: records that only the two of them had would be gone.
      await until("its end", async () => {
        return !(await sandbox.processes()).some(({ pid }) => pid === hung);
      });
      await until("all slots to wait", () => server.held === 8);
      await untilRecords(sandbox, 300);
      const id = await stopAWorker(sandbox);
      server.release();
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      const text = stdout.replaceAll(/\s+/g, " ");
      assertStringIncludes(
        text,
        "Warning: records_manager was not heard of for 5 s and got killed",
      );
      assertStringIncludes(text, "got lost because a process died");
      await checkWhole(sandbox, stdout);
      const { records } = await readArtifacts(`${sandbox.path}/out`);
      for (const { outcome, workerId } of records) {
        if (outcome !== "success") assertEquals([outcome, workerId], ["lost", id]);
      }
    }),
});

Deno.test({
  name: "no credit is without a record when a worker and the records manager hang together",
  ignore: !HAS_PROC,
  fn: () =>
    withSandbox(async (sandbox) => {
      await using server = new PatientServer();
      const running = sandbox.start(runAgainst(server));
      await untilRecords(sandbox, 40);
      // The worker goes on returning credits, and its records are read by nobody; then it hangs too.
      await signal(sandbox, "records_manager", "SIGSTOP");
      const before = server.answered;
      await until("more answers", () => server.answered >= before + 40);
      const id = await stopAWorker(sandbox);
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      await checkWhole(sandbox, stdout);
      const { records } = await readArtifacts(`${sandbox.path}/out`);
      const lost = records.filter(({ outcome }) => outcome !== "success");
      // More than it had in flight: what it had returned and nobody had written down is among them.
      assert(lost.length > 8 / 2, `${lost.length} lost`);
      for (const { outcome, workerId } of lost) assertEquals([outcome, workerId], ["lost", id]);
    }),
});

Deno.test({
  name: "credits that a worker manager had not passed on when it died become lost records",
  ignore: !HAS_PROC,
  fn: () =>
    withSandbox(async (sandbox) => {
      const running = sandbox.start(
        "profile --mock-server --osl 4 --request-rate 200 --request-count 5000 --artifact-dir out"
          .split(" "),
      );
      await untilRecords(sandbox, 100);
      const pid = await signal(sandbox, "worker_manager", "SIGSTOP");
      // At this rate some 200 credits pile up in front of it.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      Deno.kill(pid, "SIGKILL");
      const { code, stderr } = await running.finished;
      assertEquals(code, 1);
      assertStringIncludes(stderr, "aiperf: worker_manager was ended by SIGKILL");
      assert(!stderr.includes("never became a record"), stderr);
      const account = await checkJournal(`${sandbox.path}/out`);
      await checkSummary(`${sandbox.path}/out`, account);
      await checkReport(sandbox);
      const records = await readJournal(`${sandbox.path}/out`);
      assertEquals(records.length, Math.max(...records.map(({ creditId }) => creditId)) + 1);
      const unsent = records.filter(({ outcome }) => outcome === "lost");
      assert(unsent.length > 20, `${unsent.length} lost`);
      for (const { error, dueNs, sentNs } of unsent) {
        assertEquals([error?.type, sentNs, dueNs > 0], ["CreditLost", null, true]);
      }
    }),
});

for (const service of ["timing_manager", "records_manager", "worker"] as const) {
  Deno.test({
    name: `a ${service} that is stopped when the controller dies ends, once it can`,
    ignore: !HAS_PROC,
    fn: () =>
      withSandbox(async (sandbox) => {
        const running = sandbox.start(RUN.split(" "));
        await untilRecords(sandbox, 40);
        const title = service === "worker" ? "worker_" : service;
        const stopped = (await sandbox.processes()).find((process) =>
          process.title.startsWith(`aiperf ${title}`) && !process.title.includes("worker_manager")
        )!;
        Deno.kill(stopped.pid, "SIGSTOP");
        Deno.kill(running.pid, "SIGKILL");
        await running.finished;
        // The worker manager ends its own: who is ended by force need not be awake for it.
        const left = service === "worker" ? [] : [stopped.pid];
        await until("the end of the others", async () => {
          const pids = (await sandbox.processes()).map(({ pid }) => pid);
          return pids.every((pid) => left.includes(pid));
        });
        const pids = (await sandbox.processes()).map(({ pid }) => pid);
        assertEquals(pids, left);
        for (const pid of left) Deno.kill(pid, "SIGCONT");
        await sandbox.untilClean();
        const report = await sandbox.run(["report", "out"]);
        assertEquals(report.code, 1);
        assertStringIncludes(report.stderr, "The journal ends before the run did");
      }),
  });
}

Deno.test({
  name: "a worker that was stopped for a moment goes on",
  ignore: !HAS_PROC,
  fn: () =>
    withSandbox(async (sandbox) => {
      const running = sandbox.start(RUN.split(" "));
      await untilRecords(sandbox, 40);
      const worker = (await sandbox.processes())
        .find(({ title }) => /^aiperf worker_[0-9a-f]{8}$/.test(title))!;
      Deno.kill(worker.pid, "SIGSTOP");
      // What is forgiven is measured elsewhere, by a clock that no machine stops.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      Deno.kill(worker.pid, "SIGCONT");
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      const { json } = await readArtifacts(`${sandbox.path}/out`);
      assertEquals([json.credits.succeeded, json.credits.lost], [REQUESTS, 0], stdout);
    }),
});
