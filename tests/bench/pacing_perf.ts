import { atMost, itlErrorMs, ttftErrorMs } from "./accuracy_perf.ts";
import { type Figure, figure, type FigureOptions, median, quantile, spread } from "./figure.ts";
import { measureBareBursts } from "./mock_perf.ts";
import { MockProcess } from "./mock_process.ts";
import { type JoinedRequest, ToolRun } from "./tool_run.ts";

const SHORT = ["--isl", "50", "--osl", "2"];

/** Whether requests leave when they should, and what many open streams do to the times. */
export async function measurePacing(): Promise<Figure[]> {
  return [
    ...await measureRate({ rate: 200, pattern: "constant", seconds: 60 }),
    ...await measureRate({ rate: 1_000, pattern: "constant", seconds: 6 }),
    ...await measureRate({ rate: 1_000, pattern: "constant", seconds: 6, isWarm: true }),
    ...await measureRate({ rate: 1_000, pattern: "poisson", seconds: 6 }),
    ...await measureRate({ rate: 1_000, pattern: "poisson", seconds: 6, isWarm: true }),
    ...await measureBurst({ size: 64 }),
    ...await measureBurst({ size: 64, isWarm: true }),
    ...await measureOpenStreams(),
  ];
}

/** Without one, code is compiled while the first requests go out. */
const WARMUP = ["--warmup-request-count", "1000", "--warmup-concurrency", "16"];

interface RateRun {
  readonly rate: number;
  readonly pattern: "constant" | "poisson";
  readonly seconds: number;
  /** After a warm-up. */
  readonly isWarm?: boolean;
}

async function measureRate(run: RateRun): Promise<Figure[]> {
  const { rate, pattern, seconds, isWarm = false } = run;
  const load = ["--request-rate", `${rate}`, "--arrival-pattern", pattern, "--random-seed", "1"];
  const flags = [...load, "--benchmark-duration", `${seconds}`, ...SHORT];
  const before = await sleepAlone(rate);
  const joined = await runAgainstMock([...flags, ...isWarm ? WARMUP : []]);
  const alone = [...before, ...await sleepAlone(rate)];
  const latenessMs = joined.map(({ record }) => (record.sentNs! - record.dueNs) / 1e6);
  const name = `${pattern} ${rate}/s${isWarm ? ", warm" : ""}`;
  const row = (share: number, options: FigureOptions = {}) =>
    figure(`${name}: lateness, p${100 * share}`, [quantile(latenessMs, share), "ms"], {
      reference: { what: "sleep alone", value: quantile(alone, share) },
      ...options,
    });
  const rows = [row(0.5), row(0.9), row(0.99, rate === 1_000 ? atMost(1) : {})];
  return pattern === "constant" && !isWarm ? [...scheduleKept(joined, run), ...rows] : rows;
}

/** Whether a constant rate sent all that it should, and the last as punctually as the first. */
function scheduleKept(joined: readonly JoinedRequest[], run: RateRun): Figure[] {
  const { rate, pattern, seconds } = run;
  const count = rate * seconds;
  const name = `${pattern} ${rate}/s`;
  return [
    figure(`${name}: requests`, [joined.length, ""], {
      target: { of: "value", atLeast: count - 1, atMost: count + 1 },
    }),
    figure(`${name}: drift, first to last tenth`, [driftMs(joined), "ms"], atMost(1)),
    figure("  last arrival after its due time", [delaysMs(joined).at(-1)!, "ms"], atMost(1)),
  ];
}

const BARE_SLEEPER = new URL("./bare_sleeper.ts", import.meta.url).pathname;

/** How late, in ms, a process wakes that has nothing to do but that; on an idle machine. */
async function sleepAlone(rate: number): Promise<number[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", BARE_SLEEPER, `${rate}`, "3"],
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

/** How long after its due time each request arrived, in the order of the schedule. */
function delaysMs(joined: readonly JoinedRequest[]): number[] {
  return joined
    .toSorted((a, b) => a.record.index - b.record.index)
    .map(({ record, server, epochUnixMs }) => server.receivedMs - epochUnixMs - record.dueNs / 1e6);
}

interface BurstRun {
  readonly size: number;
  /** After a warm-up. */
  readonly isWarm?: boolean;
}

async function measureBurst({ size, isWarm = false }: BurstRun): Promise<Figure[]> {
  const load = ["--concurrency", `${size}`, "--request-count", `${size}`];
  const flags = [...load, ...SHORT, ...isWarm ? WARMUP : []];
  const joined = await runAgainstMock(flags, SLOW_START);
  const arrivals = joined.map(({ server }) => server.receivedMs);
  const sent = joined.map(({ record }) => record.sentNs! / 1e6);
  const { cold, warm } = await measureBareBursts(size);
  const bare = isWarm ? warm : cold;
  const name = `burst of ${size}${isWarm ? ", warm" : ""}`;
  return [
    figure(`${name}: spread at the server`, [spread(arrivals), "ms"], {
      reference: { what: "bare writes", value: bare.spreadMs },
      ...atMost(2),
    }),
    figure("  as it was sent", [spread(sent), "ms"]),
  ];
}

/** The server answers only when all requests are there. */
const SLOW_START = ["--ttft", "50"];

/** 100 streams a second of 5 s each: in the second half, 500 are open at any time. */
async function measureOpenStreams(): Promise<Figure[]> {
  const load = ["--request-rate", "100", "--benchmark-duration", "9"];
  const answer = ["--streaming", "--isl", "50", "--osl", "250"];
  const joined = await runAgainstMock([...load, ...answer], ["--ttft", "20", "--itl", "20"]);
  const crowded = joined.filter(({ server }) => server.inFlight >= 480);
  const p99 = (errors: readonly number[]) => quantile(errors.map(Math.abs), 0.99);
  return [
    figure("500 streams: TTFT, 99 of 100 within", [p99(crowded.map(ttftErrorMs)), "ms"], atMost(1)),
    figure("500 streams: ITL, 99 of 100 within", [p99(crowded.map(itlErrorMs)), "ms"], atMost(1)),
    figure("  each token, 99 of 100 within", [p99(crowded.flatMap(tokenErrorsMs)), "ms"]),
  ];
}

function tokenErrorsMs({ record, server }: JoinedRequest): number[] {
  return record.chunksAfterNs.map((ns, i) =>
    ns / 1e6 - (server.tokenWriteMs[i]! - server.receivedMs)
  );
}

async function runAgainstMock(
  flags: readonly string[],
  mockFlags: readonly string[] = [],
): Promise<JoinedRequest[]> {
  await using server = await MockProcess.start(mockFlags);
  await using run = new ToolRun(server, flags);
  await run.end();
  return (await run.joined(server)).filter(({ record }) => record.phase === "profiling");
}
