import { assert, assertEquals, assertMatch } from "@std/assert";
import { ARTIFACT_FILES } from "../../../common/model/artifact_files.ts";
import { deriveRandom, type Random, randomInt } from "../../../common/runtime/random.ts";
import { type MockServer, startMockServer } from "../../../services/mock_server/server.ts";
import { filesBelow, readJournal } from "../../helpers/artifacts.ts";
import {
  type Finished,
  HAS_PROC,
  type RunningAiperf,
  type Sandbox,
  withSandbox,
} from "../../helpers/run_aiperf.ts";
import { until } from "../../helpers/until.ts";
import { checkJournal, checkReport, checkServer, checkSummary } from "../check_run.ts";

/** The same kills at the same moments, as far as a busy machine allows. */
const SEED = 20_261_123;

const KILLS = Number(Deno.env.get("RANDOM_KILLS") ?? 200);

/** So many more, of which every other one is no kill but a stop. */
const MIXED = Number(Deno.env.get("RANDOM_STOPS") ?? 60);

/** A process that stands still does so for at most so long; some are taken for hung. */
const LONGEST_STOP_MS = 8_000;

/** A run gets so many kills, unless it ends before. */
const KILLS_PER_RUN = 3;

/** A kill comes at most so long after the one before. */
const LONGEST_PAUSE_MS = 1_500;

/** Of so many runs, one is struck from its very start, the others once requests are sent. */
const EARLY_ONE_OF = 5;

const AT_ONCE = 4;
const PLANNED = 500;
const CONCURRENCY = 8;

/** A run that is not over by then, without a further kill, hangs. */
const HANG_MS = 60_000;

/** What became of all runs. */
interface Outcome {
  runs: number;
  kills: number;
  complete: number;
  brokenOff: number;
  records: number;
  lost: number;
  /** Credits that several dead processes took with them; the runs have said so. */
  missing: number;
}

/** What befalls processes. */
interface Blows {
  readonly seed: number;
  readonly most: number;
  /** Whether every other process, on the average, is stopped for a while instead of killed. */
  readonly stopsToo: boolean;
}

Deno.test({
  name: `no record is lost or doubled and no run hangs, whatever is killed when: ${KILLS} kills`,
  ignore: !HAS_PROC,
  fn: () => strike({ seed: SEED, most: KILLS, stopsToo: false }),
});

Deno.test({
  name: `nor does it when processes stand still as well: ${MIXED} kills and stops`,
  ignore: !HAS_PROC,
  fn: () => strike({ seed: SEED + 1, most: MIXED, stopsToo: true }),
});

async function strike(blows: Blows): Promise<void> {
  const outcome: Outcome = {
    runs: 0,
    kills: 0,
    complete: 0,
    brokenOff: 0,
    records: 0,
    lost: 0,
    missing: 0,
  };
  const playOn = async () => {
    while (outcome.kills < blows.most) await playRun(outcome, blows);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playOn));
  console.log(JSON.stringify(outcome));
}

async function playRun(outcome: Outcome, blows: Blows): Promise<void> {
  const number = outcome.runs++;
  const random = deriveRandom(blows.seed, `run ${number}`);
  const server = startMockServer({ ttftMs: 40, itlMs: 4 });
  try {
    await withSandbox(async (sandbox) => {
      const running = start(sandbox, server);
      if (number % EARLY_ONE_OF > 0) await Promise.race([untilSent(server), running.finished]);
      const victims = await strikeSome({ random, stopsToo: blows.stopsToo }, sandbox, running);
      outcome.kills += victims.length;
      const beganMs = performance.now();
      const finished = await running.finished;
      const what = `run ${number}, ${victims.join(", ")}: ${finished.stderr}`;
      assert(performance.now() - beganMs < HANG_MS, what);
      await sandbox.untilClean();
      try {
        await check(sandbox, { server, finished, outcome, victims });
      } catch (error) {
        throw new Error(what, { cause: error });
      }
    });
  } finally {
    await server.stop();
  }
}

function start(sandbox: Sandbox, server: MockServer): RunningAiperf {
  const args = ["--url", server.url, "--model", "m", "--streaming", "--isl", "16", "--osl", "10"];
  const load = ["--concurrency", `${CONCURRENCY}`, "--request-count", `${PLANNED}`];
  return sandbox.start([...args, ...load, "--workers-max", "2", "--artifact-dir", "out"]);
}

async function untilSent(server: MockServer): Promise<void> {
  await until("the first request", () => server.stats().received > 0);
}

/** Kills, or stops, whatever chance says; returns the victims. */
async function strikeSome(
  { random, stopsToo }: { readonly random: Random; readonly stopsToo: boolean },
  sandbox: Sandbox,
  running: RunningAiperf,
): Promise<string[]> {
  const victims: string[] = [];
  let hasEnded = false;
  void running.finished.finally(() => hasEnded = true);
  for (let i = 0; i < KILLS_PER_RUN; i++) {
    const untilMs = performance.now() + randomInt(random, LONGEST_PAUSE_MS);
    while (performance.now() < untilMs && !hasEnded) await pause(10);
    const services = hasEnded ? [] : await servicesOf(sandbox, running);
    if (services.length === 0) continue;
    const { pid, name } = services[randomInt(random, services.length)]!;
    try {
      if (stopsToo && randomInt(random, 2) === 0) stopFor(randomInt(random, LONGEST_STOP_MS), pid);
      else Deno.kill(pid, "SIGKILL");
      victims.push(name);
    } catch {
      // It was about to end.
    }
  }
  return victims;
}

function stopFor(ms: number, pid: number): void {
  Deno.kill(pid, "SIGSTOP");
  void pause(ms).then(() => {
    try {
      Deno.kill(pid, "SIGCONT");
    } catch {
      // It was taken for hung, and ended.
    }
  });
}

/** The processes of a run but for its controller, also those that have no title yet. */
async function servicesOf(sandbox: Sandbox, running: RunningAiperf) {
  const processes = await sandbox.processes();
  return processes.filter(({ pid }) => pid !== running.pid).map(({ pid, title }) => {
    const name = /"type":"(\w+)"/.exec(title)?.[1] ?? title.replace(/^aiperf /, "");
    return { pid, name };
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

interface Scene {
  readonly server: MockServer;
  readonly finished: Finished;
  readonly outcome: Outcome;
  readonly victims: readonly string[];
}

async function check(sandbox: Sandbox, scene: Scene): Promise<void> {
  const { server, finished, outcome, victims } = scene;
  const folder = `${sandbox.path}/out`;
  const { code, stderr } = finished;
  assert(code === 0 || code === 1, `exit code ${code}`);
  if (code === 1) assertMatch(stderr, /^aiperf: \w+/m);
  outcome[code === 0 ? "complete" : "brokenOff"]++;
  const missing = Number(
    /(\d+) credits? w(?:ere|as) issued and never became/.exec(stderr)?.[1] ?? 0,
  );
  if (!canForget(victims)) assertEquals(missing, 0, stderr);
  assert(missing <= CONCURRENCY);
  outcome.missing += missing;
  const account = await checkJournal(folder);
  outcome.records += account.issued;
  outcome.lost += account.lost;
  const receivedIds = server.requests().requests.flatMap(({ requestId }) => requestId ?? []);
  await checkServer(folder, receivedIds);
  const known = new Set((await readJournal(folder)).map(({ requestId }) => requestId));
  // A dead worker took the ids of its requests with it: they are among the lost records.
  const unknown = receivedIds.filter((id) => !known.has(id)).length;
  assert(unknown <= account.lost, `${unknown} requests without a record, ${account.lost} lost`);
  if (code === 0) {
    assertEquals([account.issued, account.failed, account.cancelled], [PLANNED, 0, 0]);
  }
  const files = await filesBelow(folder);
  if (code === 0 || files.includes(ARTIFACT_FILES.summaryJson)) {
    await checkSummary(folder, account, missing);
    await checkReport(sandbox);
  }
}

/** What a dead worker manager knew, another one knows too: unless that is dead as well. */
function canForget(victims: readonly string[]): boolean {
  const knows = (name: string) => name === "timing_manager" || /^worker_[0-9a-f]/.test(name);
  return victims.includes("worker_manager") && victims.some(knows);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
