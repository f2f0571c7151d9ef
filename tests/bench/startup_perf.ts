import { bundleProgram, ROOT } from "../../scripts/bundle_program.ts";
import { type Figure, figure, median } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { startAiperf } from "./start_aiperf.ts";
import { ToolRun } from "./tool_run.ts";

const HELPS = 15;
const RUNS = 11;

/**
 * How soon the tool answers, and how soon the first request of a run reaches the server.
 *
 * As a binary carries the program, which is what users start, and for comparison from source. The
 * two take turns, so that a noisy machine does not favour one.
 */
export async function measureStartup(): Promise<Figure[]> {
  // In the tree, where the import map is found, as when it is compiled.
  const folder = `${ROOT}dist/bundle-perf`;
  const bundle = await bundleProgram(folder);
  try {
    const help = await measure(HELPS, (main) => helpMs(main), bundle);
    await using server = await MockProcess.start();
    const first = await measure(RUNS, (main) => firstRequestMs(server, main), bundle);
    return [...figures("--help", 100, help), ...figures("first request", 500, first)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Times {
  readonly bundled: readonly number[];
  readonly source: readonly number[];
}

async function measure(
  times: number,
  once: (main?: string) => Promise<number>,
  bundle: string,
): Promise<Times> {
  const bundled: number[] = [];
  const source: number[] = [];
  for (let i = 0; i < times; i++) {
    bundled.push(await once(bundle));
    source.push(await once());
  }
  return { bundled, source };
}

function figures(what: string, atMost: number, { bundled, source }: Times): Figure[] {
  return [
    figure(`start: ${what}`, [median(bundled), "ms"], { target: { of: "value", atMost } }),
    figure("  the quickest of them", [Math.min(...bundled), "ms"]),
    figure("  from source", [median(source), "ms"]),
  ];
}

async function helpMs(main?: string): Promise<number> {
  const start = performance.now();
  await startAiperf(["--help"], main).output();
  return performance.now() - start;
}

async function firstRequestMs(server: MockProcess, main?: string): Promise<number> {
  await server.clear();
  await using run = new ToolRun(server, ["--concurrency", "8", "--request-count", "8"], main);
  await run.end();
  const { requests } = await server.log();
  return Math.min(...requests.map(({ receivedMs }) => receivedMs)) - run.spawnedUnixMs;
}
