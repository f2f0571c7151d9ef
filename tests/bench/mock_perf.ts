import { atMost } from "./accuracy_perf.ts";
import { BurstSockets } from "./burst_sockets.ts";
import { type Figure, figure, median, spread } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";

const SIZE = 64;
const RUNS = 7;
/** Bursts that a server has answered before it counts as warm. */
const BURSTS_BEFORE = 16;
const FIRST_TOKEN_MS = 50;

/** How true the ruler is: what the mock server logs of requests that a bare client sends at once. */
export async function measureMock(): Promise<Figure[]> {
  const runs: Run[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await measureOnce());
  const of = (value: (run: Run) => number): [number, string] => [median(runs.map(value)), "ms"];
  return [
    figure("mock: its own time for the first request", of(({ firstMs }) => firstMs), atMost(1)),
    figure(`mock: burst of ${SIZE}, cold: spread`, of(({ cold }) => cold.spreadMs), atMost(2)),
    figure("  as it was sent", of(({ cold }) => cold.sentMs)),
    figure(`mock: burst of ${SIZE}, warm: spread`, of(({ warm }) => warm.spreadMs), atMost(2)),
    figure("  as it was sent", of(({ warm }) => warm.sentMs)),
  ];
}

interface Run {
  readonly firstMs: number;
  readonly cold: Arrivals;
  readonly warm: Arrivals;
}

/** Within how many milliseconds the requests of a burst were sent, and when they came by the log. */
interface Arrivals {
  readonly sentMs: number;
  readonly spreadMs: number;
}

async function measureOnce(): Promise<Run> {
  return { firstMs: await firstRequestMs(), ...await measureBareBursts(SIZE) };
}

/** From the arrival of a process's first request to the last bytes of its answer. */
async function firstRequestMs(): Promise<number> {
  await using server = await MockProcess.start();
  using burst = await BurstSockets.open(server.url, 1);
  await burst.send();
  const { receivedMs, endMs } = (await server.log()).requests[0]!;
  return endMs! - receivedMs;
}

/** What a mock server logs of `size` prepared requests that are written in a loop. */
export async function measureBareBursts(size: number): Promise<Pick<Run, "cold" | "warm">> {
  await using server = await MockProcess.start(["--ttft", `${FIRST_TOKEN_MS}`]);
  using burst = await BurstSockets.open(server.url, size);
  const cold = await arrivals(server, burst);
  for (let i = 0; i < BURSTS_BEFORE; i++) await burst.send();
  return { cold, warm: await arrivals(server, burst) };
}

async function arrivals(server: MockProcess, burst: BurstSockets): Promise<Arrivals> {
  await server.clear();
  const sentMs = await burst.send();
  const times = (await server.log()).requests.map(({ receivedMs }) => receivedMs);
  return { sentMs, spreadMs: spread(times) };
}
