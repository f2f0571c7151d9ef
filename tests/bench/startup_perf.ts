import { type Figure, figure, median } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { startAiperf } from "./start_aiperf.ts";
import { ToolRun } from "./tool_run.ts";

const HELPS = 15;
const RUNS = 11;

/** How soon the tool answers, and how soon the first request of a run reaches the server. */
export async function measureStartup(): Promise<Figure[]> {
  const helpMs: number[] = [];
  for (let i = 0; i < HELPS; i++) {
    const start = performance.now();
    await startAiperf(["--help"]).output();
    helpMs.push(performance.now() - start);
  }
  const firstMs: number[] = [];
  await using server = await MockProcess.start();
  for (let i = 0; i < RUNS; i++) firstMs.push(await firstRequestMs(server));
  return [
    figure("start: --help", [median(helpMs), "ms"], { target: { of: "value", atMost: 100 } }),
    figure("  the quickest of them", [Math.min(...helpMs), "ms"]),
    figure("start: first request", [median(firstMs), "ms"], {
      target: { of: "value", atMost: 500 },
    }),
    figure("  the quickest of them", [Math.min(...firstMs), "ms"]),
  ];
}

async function firstRequestMs(server: MockProcess): Promise<number> {
  await server.clear();
  await using run = new ToolRun(server, ["--concurrency", "8", "--request-count", "8"]);
  await run.end();
  const { requests } = await server.log();
  return Math.min(...requests.map(({ receivedMs }) => receivedMs)) - run.spawnedUnixMs;
}
