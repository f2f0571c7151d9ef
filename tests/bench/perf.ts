/**
 * Measures the tool itself and prints a table: `deno task perf [NAME…] [--json FILE]`.
 *
 * Nothing fails because of a bad figure: this is a shared machine's word against a target.
 */
import type { Figure } from "./figure.ts";
import { figureTable, isMet, ratioOf } from "./figure.ts";

/** Every group of measurements, in the order they are made; loaded when it is wanted. */
const GROUPS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  startup: async () => await (await import("./startup_perf.ts")).measureStartup(),
  messages: async () => await (await import("./component_perf.ts")).figuresOfMessages(),
  sse: async () => await (await import("./component_perf.ts")).figuresOfEvents(),
  throughput: async () => await (await import("./throughput_perf.ts")).measureThroughput(),
  mock: async () => await (await import("./mock_perf.ts")).measureMock(),
  accuracy: async () => await (await import("./accuracy_perf.ts")).measureAccuracy(),
  pacing: async () => await (await import("./pacing_perf.ts")).measurePacing(),
  supply: async () => await (await import("./supply_perf.ts")).measureSupply(),
  memory: async () => await (await import("./memory_perf.ts")).measureMemory(),
  trace: async () => await (await import("./trace_perf.ts")).measureTrace(),
  summary: async () => await (await import("./component_perf.ts")).figuresOfSummary(),
};

interface Wanted {
  readonly names: readonly string[];
  readonly jsonFile: string | null;
}

function wanted(args: readonly string[]): Wanted {
  const at = args.indexOf("--json");
  const jsonFile = at < 0 ? null : args[at + 1] ?? null;
  const names = at < 0 ? args : args.toSpliced(at, 2);
  const unknown = names.filter((name) => !(name in GROUPS));
  if (unknown.length > 0 || (at >= 0 && jsonFile === null)) {
    console.error(`perf [--json FILE] [${Object.keys(GROUPS).join("|")}]…`);
    Deno.exit(2);
  }
  return { names: names.length > 0 ? names : Object.keys(GROUPS), jsonFile };
}

/** Where and when figures were measured; without it they say nothing. */
function circumstances() {
  const processor = /model name\s*: (.*)/.exec(readText("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  return {
    date: new Date().toISOString(),
    machine: `${navigator.hardwareConcurrency} × ${processor}, ${Deno.build.os}`,
    load: Deno.loadavg().map((load) => load.toFixed(2)).join(" "),
    deno: Deno.version.deno,
  };
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

async function main(): Promise<void> {
  const { names, jsonFile } = wanted(Deno.args);
  const before = circumstances();
  const figures: Figure[] = [];
  let hasCrashed = false;
  for (const name of names) {
    console.error(`measuring ${name} …`);
    try {
      figures.push(...await GROUPS[name]!());
    } catch (error) {
      console.error(error);
      hasCrashed = true;
    }
  }
  const { load } = circumstances();
  console.log(figureTable(figures));
  console.log(`\n${before.date}, ${before.machine}, Deno ${before.deno}`);
  console.log(`Load average before: ${before.load}; after: ${load}`);
  if (hasCrashed) Deno.exitCode = 1;
  if (jsonFile === null) return;
  const rows = figures.map((one) => ({ ...one, ratio: ratioOf(one), met: isMet(one) }));
  await Deno.writeTextFile(jsonFile, `${JSON.stringify({ ...before, figures: rows }, null, 2)}\n`);
}

await main();
