import { atMost, itlErrorMs, ttftErrorMs } from "./accuracy_perf.ts";
import { type Figure, figure, median, quantile, spread } from "./figure.ts";
import { measureLateness, SHORT, WARMUP } from "./lateness_perf.ts";
import { measureBareBursts } from "./mock_perf.ts";
import { MockProcess } from "./mock_process.ts";
import { type JoinedRequest, ToolRun } from "./tool_run.ts";

/** Whether requests leave when they should, and what many open streams do to the times. */
export async function measurePacing(): Promise<Figure[]> {
  return [
    ...await measureLateness(),
    ...await measureBurst({ size: 64 }),
    ...await measureBurst({ size: 64, isWarm: true }),
    ...await measureOpenStreams(),
  ];
}

interface BurstPlan {
  readonly size: number;
  /** After a warm-up. */
  readonly isWarm?: boolean;
}

/** What a shared machine does to one burst it need not do to the next. */
const BURSTS = 5;

async function measureBurst({ size, isWarm = false }: BurstPlan): Promise<Figure[]> {
  const load = ["--concurrency", `${size}`, "--request-count", `${size}`];
  const flags = [...load, ...SHORT, ...isWarm ? WARMUP : []];
  const arrivedMs: number[] = [];
  const sentMs: number[] = [];
  const bareMs: number[] = [];
  while (arrivedMs.length < BURSTS) {
    const joined = await runAgainstMock(flags, SLOW_START);
    arrivedMs.push(spread(joined.map(({ server }) => server.receivedMs)));
    sentMs.push(spread(joined.map(({ record }) => record.sentNs! / 1e6)));
    const { cold, warm } = await measureBareBursts(size);
    bareMs.push((isWarm ? warm : cold).spreadMs);
  }
  const name = `burst of ${size}${isWarm ? ", warm" : ""}`;
  return [
    figure(`${name}: spread at the server, median of ${BURSTS}`, [median(arrivedMs), "ms"], {
      reference: { what: "bare writes", value: median(bareMs) },
      ...atMost(2),
    }),
    figure("  the widest", [Math.max(...arrivedMs), "ms"], {
      reference: { what: "bare writes", value: Math.max(...bareMs) },
    }),
    figure("  as it was sent", [median(sentMs), "ms"]),
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
