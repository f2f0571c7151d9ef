import { atMost } from "./accuracy_perf.ts";
import { type Figure, figure, median, quantile } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { sleep } from "./sleep.ts";
import { type JoinedRequest, ToolRun } from "./tool_run.ts";

/** Answers that take no time. */
export const SHORT = ["--isl", "50", "--osl", "2"];

/** Without one, code is compiled while the first requests go out. */
export const WARMUP = ["--warmup-request-count", "1000", "--warmup-concurrency", "16"];

interface RatePlan {
  readonly rate: number;
  readonly pattern: "constant" | "poisson";
  readonly seconds: number;
  /** After a warm-up. */
  readonly isWarm?: boolean;
  /** With CPUs that do not go to sleep, for everything that runs on the machine. */
  readonly isAwake?: boolean;
}

/** A run at a rate, and what a bare process got that slept beside it. */
interface RateRun {
  readonly joined: readonly JoinedRequest[];
  readonly latenessMs: readonly number[];
  readonly bareMs: readonly number[];
}

/** What a shared machine does in one run it need not do in the next. */
const RUNS = 5;
const SECONDS = 6;

/** Whether requests leave when they should: for a minute, and at a high rate. */
export async function measureLateness(): Promise<Figure[]> {
  return [
    ...await measureMinute(),
    ...await measureRate({ rate: 1_000, pattern: "constant", seconds: SECONDS }),
    ...await measureRate({ rate: 1_000, pattern: "constant", seconds: SECONDS, isWarm: true }),
    ...await measureRate({ rate: 1_000, pattern: "poisson", seconds: SECONDS }),
    ...await measureRate({ rate: 1_000, pattern: "poisson", seconds: SECONDS, isWarm: true }),
    ...await measureAwake(),
  ];
}

/** Nothing where that needs another user or another system. */
async function measureAwake(): Promise<Figure[]> {
  if (!await mayKeepAwake()) return [];
  const plan = { rate: 1_000, seconds: SECONDS, isWarm: true, isAwake: true };
  return [
    ...await measureRate({ ...plan, pattern: "constant" }),
    ...await measureRate({ ...plan, pattern: "poisson" }),
  ];
}

async function mayKeepAwake(): Promise<boolean> {
  try {
    using _latency = await Deno.open("/dev/cpu_dma_latency", { write: true });
    return true;
  } catch {
    return false;
  }
}

async function measureMinute(): Promise<Figure[]> {
  const plan = { rate: 200, pattern: "constant", seconds: 60 } as const;
  const run = await runOnce(plan);
  return [...scheduleKept([run], plan), ...lateness([run], plan)];
}

async function measureRate(plan: RatePlan): Promise<Figure[]> {
  const runs: RateRun[] = [];
  while (runs.length < RUNS) runs.push(await runOnce(plan));
  const { pattern, isWarm = false } = plan;
  const kept = pattern === "constant" && !isWarm ? scheduleKept(runs, plan) : [];
  return [...kept, ...lateness(runs, plan)];
}

function nameOf({ rate, pattern, isWarm = false, isAwake = false }: RatePlan): string {
  return `${pattern} ${rate}/s${isWarm ? ", warm" : ""}${isAwake ? ", CPUs awake" : ""}`;
}

/** Medians of the runs; of several the least, too, since what disturbs a run can only add. */
function lateness(runs: readonly RateRun[], plan: RatePlan): Figure[] {
  const all = (of: (run: RateRun) => readonly number[], share: number) =>
    runs.map((run) => quantile(of(run), share));
  const row = (share: number) => {
    const bare = median(all(({ bareMs }) => bareMs, share));
    const value = median(all(({ latenessMs }) => latenessMs, share));
    return figure(`${nameOf(plan)}: lateness, p${100 * share}`, [value, "ms"], {
      reference: { what: "sleep beside", value: bare },
      ...share === 0.99 && plan.rate === 1_000 ? atMost(1) : {},
    });
  };
  const rows = [row(0.5), row(0.9), row(0.99)];
  if (runs.length === 1) return rows;
  const least = Math.min(...all(({ latenessMs }) => latenessMs, 0.99));
  const leastBare = Math.min(...all(({ bareMs }) => bareMs, 0.99));
  return [
    ...rows,
    figure(`  the least of ${runs.length} runs`, [least, "ms"], {
      reference: { what: "sleep beside", value: leastBare },
    }),
  ];
}

/** Whether a constant rate sent all that it should, and the last as punctually as the first. */
function scheduleKept(runs: readonly RateRun[], plan: RatePlan): Figure[] {
  const count = plan.rate * plan.seconds;
  const middle = (of: (joined: readonly JoinedRequest[]) => number) =>
    median(runs.map(({ joined }) => of(joined)));
  return [
    figure(`${nameOf(plan)}: requests`, [middle(({ length }) => length), ""], {
      target: { of: "value", atLeast: count - 1, atMost: count + 1 },
    }),
    figure(`${nameOf(plan)}: drift, first to last tenth`, [middle(driftMs), "ms"], atMost(1)),
    figure("  last arrival after its due time", [middle(lastDelayMs), "ms"], atMost(1)),
  ];
}

async function runOnce(plan: RatePlan): Promise<RateRun> {
  const { rate, pattern, seconds, isWarm = false, isAwake = false } = plan;
  const load = ["--request-rate", `${rate}`, "--arrival-pattern", pattern, "--random-seed", "1"];
  const ends = ["--benchmark-duration", `${seconds}`, ...isWarm ? WARMUP : []];
  const flags = [...load, ...ends, ...SHORT, ...isAwake ? ["--keep-cpus-awake"] : []];
  await using server = await MockProcess.start();
  await using run = new ToolRun(server, flags);
  while ((await server.stats()).received === 0) await sleep(50);
  const bareMs = await sleepBeside(Math.min(rate, MOST_SLEEPS), seconds - 1);
  await run.end();
  const joined = (await run.joined(server)).filter(({ record }) => record.phase === "profiling");
  const latenessMs = joined.map(({ record }) => (record.sentNs! - record.dueNs) / 1e6);
  return { joined, latenessMs, bareMs };
}

const BARE_SLEEPER = new URL("./bare_sleeper.ts", import.meta.url).pathname;

/** More due times a second would tell no more, and take more of the machine. */
const MOST_SLEEPS = 500;

/** How late, in ms, a process wakes that has nothing to do but that, on the machine as it is now. */
async function sleepBeside(perSecond: number, seconds: number): Promise<number[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", BARE_SLEEPER, `${perSecond}`, `${seconds}`],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`The bare sleeper failed: ${text(stderr)}`);
  return JSON.parse(text(stdout)) as number[];
}

/** How much later after their due time the last tenth of the requests arrives than the first. */
function driftMs(joined: readonly JoinedRequest[]): number {
  const delays = delaysMs(joined);
  const tenth = Math.ceil(delays.length / 10);
  return Math.abs(median(delays.slice(-tenth)) - median(delays.slice(0, tenth)));
}

function lastDelayMs(joined: readonly JoinedRequest[]): number {
  return delaysMs(joined).at(-1)!;
}

/** How long after its due time each request arrived, in the order of the schedule. */
function delaysMs(joined: readonly JoinedRequest[]): number[] {
  return joined
    .toSorted((a, b) => a.record.index - b.record.index)
    .map(({ record, server, epochUnixMs }) => server.receivedMs - epochUnixMs - record.dueNs / 1e6);
}
