import { bundleProgram, ROOT } from "../../scripts/bundle_program.ts";
import { type Figure, figure } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { byService, processTree } from "./process_tree.ts";
import { ToolRun } from "./tool_run.ts";

/** Rows of the trace, and those of one that is hardly there, to compare with. */
const ROWS = 1_000_000;
const FEW = 100;

/** How often the memory of the processes is looked at. */
const LOOK_MS = 100;
/** Long enough for all of the trace to be looked through beside the load. */
const RUN_SECONDS = 40;

/**
 * What a trace of a million rows costs: the time to the first request, and memory.
 *
 * As a binary carries the program, which is what users start.
 */
export async function measureTrace(): Promise<Figure[]> {
  const folder = await Deno.makeTempDir({ prefix: "aiperf-trace-" });
  // In the tree, where the import map is found, as when it is compiled.
  const bundleFolder = `${ROOT}dist/bundle-perf`;
  try {
    const main = await bundleProgram(bundleFolder);
    await using server = await MockProcess.start();
    const replayed = async (name: string, rows: number, seconds: number) =>
      await replay(server, { main, path: await writeTrace(`${folder}/${name}`, rows), seconds });
    const few = await replayed("few.jsonl", FEW, 1);
    const many = await replayed("many.jsonl", ROWS, RUN_SECONDS);
    return [
      figure(`trace of ${ROWS} rows: first request`, [many.firstRequestMs, "ms"], {
        reference: { what: `${FEW} rows`, value: few.firstRequestMs },
        target: { of: "value", atMost: 1_000 },
      }),
      figure("  dataset manager, most memory", [megabytes(many, "dataset_manager"), "MB"], {
        reference: { what: `${FEW} rows`, value: megabytes(few, "dataset_manager") },
        target: { of: "value", atMost: 200 },
      }),
      figure("  timing manager, most memory", [megabytes(many, "timing_manager"), "MB"], {
        reference: { what: `${FEW} rows`, value: megabytes(few, "timing_manager") },
      }),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(bundleFolder, { recursive: true });
  }
}

interface Replaying {
  readonly main: string;
  readonly path: string;
  readonly seconds: number;
}

interface Replay {
  readonly firstRequestMs: number;
  /** The most memory of each service, in bytes. */
  readonly rss: ReadonlyMap<string, number>;
}

function megabytes({ rss }: Replay, service: string): number {
  return (rss.get(service) ?? 0) / 1e6;
}

/** Replays a trace at its times, for so long. */
async function replay(
  server: MockProcess,
  { main, path, seconds }: Replaying,
): Promise<Replay> {
  await server.clear();
  const flags = ["--input-file", path, "--benchmark-duration", `${seconds}`, "--workers-max", "1"];
  await using run = new ToolRun(server, [...flags, "--benchmark-grace-period", "1"], main);
  const rss = new Map<string, number>();
  let isOver = false;
  const ended = run.end().finally(() => isOver = true);
  while (!isOver) {
    for (const [service, bytes] of byService(processTree(run.pid), ({ rssBytes }) => rssBytes)) {
      rss.set(service, Math.max(bytes, rss.get(service) ?? 0));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await ended;
  const { requests } = await server.log();
  const first = Math.min(...requests.map(({ receivedMs }) => receivedMs));
  return { firstRequestMs: first - run.spawnedUnixMs, rss };
}

/** A Mooncake trace of 20 requests a second whose prompts share their first block. */
async function writeTrace(path: string, rows: number): Promise<string> {
  for (let first = 0; first < rows; first += 10_000) {
    let text = "";
    for (let i = first; i < Math.min(rows, first + 10_000); i++) {
      text += JSON.stringify({
        timestamp: i * 50,
        input_length: 600 + i % 400,
        output_length: 4,
        hash_ids: [i % 50, 1_000 + i],
      }) + "\n";
    }
    await Deno.writeTextFile(path, text, { append: true });
  }
  return path;
}
