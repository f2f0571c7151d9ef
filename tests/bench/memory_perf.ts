import { type Figure, figure } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { byService, processTree } from "./process_tree.ts";
import { sleep } from "./sleep.ts";
import { ToolRun } from "./tool_run.ts";

const FEW = 500;
const MANY = 2_000;
/** From when all streams are open until their memory is looked at. */
const SETTLE_MS = 3_000;

/** What a stream that is open costs in memory: the growth from few streams to many. */
export async function measureMemory(): Promise<Figure[]> {
  const few = await rssWhileOpen(FEW);
  const many = await rssWhileOpen(MANY);
  const growth = [...many].map(([service, bytes]) =>
    [service, (bytes - (few.get(service) ?? 0)) / (MANY - FEW) / 1024] as const
  );
  const total = growth.reduce((sum, [, kib]) => sum + kib, 0);
  return [
    figure(`memory of an open stream (${FEW} to ${MANY})`, [total, "KiB"]),
    ...growth.map(([service, kib]) => figure(`  ${service}`, [kib, "KiB"])),
  ];
}

async function rssWhileOpen(streams: number): Promise<Map<string, number>> {
  await using server = await MockProcess.start(["--itl", "1000"]);
  const load = ["--concurrency", `${streams}`, "--request-count", `${streams}`];
  const answer = ["--streaming", "--isl", "50", "--osl", "9"];
  await using run = new ToolRun(server, [...load, ...answer]);
  while ((await server.stats()).inFlight < streams) await sleep(50);
  await sleep(SETTLE_MS);
  const rss = byService(processTree(run.pid), ({ rssBytes }) => rssBytes);
  await run.end();
  return rss;
}
