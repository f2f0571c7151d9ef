import { atMost, itlErrorMs, ttftErrorMs } from "./accuracy_perf.ts";
import { type Figure, figure, median, quantile } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { type JoinedRequest, ToolRun } from "./tool_run.ts";

const SHORT = ["--isl", "50", "--osl", "2"];

/** Whether requests leave when they should, and what many open streams do to the times. */
export async function measurePacing(): Promise<Figure[]> {
  return [
    ...await measureRate(200, "constant", 60),
    ...await measureRate(1_000, "constant", 6),
    ...await measureRate(1_000, "poisson", 6),
    ...await measureBurst(64),
    ...await measureBurst(64, ["--warmup-request-count", "1000", "--warmup-concurrency", "16"]),
    ...await measureOpenStreams(),
  ];
}

async function measureRate(rate: number, pattern: string, seconds: number): Promise<Figure[]> {
  const load = ["--request-rate", `${rate}`, "--arrival-pattern", pattern, "--random-seed", "1"];
  const joined = await runAgainstMock([...load, "--benchmark-duration", `${seconds}`, ...SHORT]);
  const latenessMs = joined.map(({ record }) => (record.sentNs! - record.dueNs) / 1e6);
  const name = `${pattern} ${rate}/s`;
  const late = (share: number) => quantile(latenessMs, share);
  const rows = [
    figure(`${name}: lateness, p50`, [late(0.5), "ms"]),
    figure(`${name}: lateness, p99`, [late(0.99), "ms"], rate === 1_000 ? atMost(1) : {}),
  ];
  if (pattern !== "constant") return rows;
  const count = rate * seconds;
  return [
    figure(`${name}: requests`, [joined.length, ""], {
      target: { of: "value", atLeast: count - 1, atMost: count + 1 },
    }),
    ...rows,
    figure(`${name}: drift, first to last tenth`, [driftMs(joined), "ms"], atMost(1)),
    figure("  last arrival after its due time", [delaysMs(joined).at(-1)!, "ms"], atMost(1)),
  ];
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

/** `warmup`: flags of a warm-up; without one, code is compiled while the burst goes out. */
async function measureBurst(size: number, warmup: readonly string[] = []): Promise<Figure[]> {
  const load = ["--concurrency", `${size}`, "--request-count", `${size}`];
  const joined = await runAgainstMock([...load, ...SHORT, ...warmup], ["--ttft", "50"]);
  const burst = joined.filter(({ record }) => record.phase === "profiling");
  const arrivals = burst.map(({ server }) => server.receivedMs);
  const sent = burst.map(({ record }) => record.sentNs! / 1e6);
  const spread = (times: readonly number[]) => Math.max(...times) - Math.min(...times);
  const name = `burst of ${size}${warmup.length > 0 ? ", warm" : ""}`;
  return [
    figure(`${name}: spread at the server`, [spread(arrivals), "ms"], atMost(2)),
    figure("  as it was sent", [spread(sent), "ms"]),
  ];
}

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
  return await run.joined(server);
}
