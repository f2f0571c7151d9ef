/**
 * A long run against the mock server: is the memory of every process flat after its first tenth, but
 * for what is kept on purpose, and has every request its record? `deno task soak [requests]`, 500,000 if none are given.
 *
 * Exits with 1 when a process grows or a request is missing.
 */

import { LineReader } from "../../common/runtime/line_reader.ts";
import { MockProcess } from "./mock_process.ts";
import { processTree, type ProcessView } from "./process_tree.ts";
import { judge, type MemorySample } from "./soak_growth.ts";
import { ToolRun } from "./tool_run.ts";

const SAMPLE_MS = 500;
const CONCURRENCY = 64;

/** What the journal of a run holds. */
interface Ledger {
  readonly records: number;
  readonly credits: number;
  readonly succeeded: number;
}

async function soak(requests: number): Promise<boolean> {
  // Its log is no part of what is measured.
  await using server = await MockProcess.start();
  const load = ["--concurrency", `${CONCURRENCY}`, "--request-count", `${requests}`];
  const answer = ["--streaming", "--isl", "16", "--osl", "8"];
  await using run = new ToolRun(server, [...load, ...answer]);
  const beganMs = performance.now();
  const samples = await sample(run, server, requests);
  await run.end();
  const seconds = (performance.now() - beganMs) / 1e3;
  const ledger = await readLedger(`${run.artifacts}/records.jsonl`);
  console.log(`${requests} requests in ${seconds.toFixed(1)} s`);
  console.log("resident memory: from the first tenth to the third, of the last fifth, most");
  console.log(JSON.stringify(ledger));
  const growths = judge(samples, requests);
  for (const { service, earlyMib, lateMib, mostMib, keptMib, isFlat } of growths) {
    const numbers = [earlyMib, lateMib, mostMib].map((mib) => mib.toFixed(1).padStart(7));
    const flat = keptMib > 0 ? `keeps ${keptMib.toFixed(0)} MiB on purpose, no more` : "flat";
    console.log(`${service.padEnd(24)} ${numbers.join(" ")} MiB  ${isFlat ? flat : "GROWS"}`);
  }
  const isExact = Object.values(ledger).every((count) => count === requests);
  return isExact && growths.every(({ isFlat }) => isFlat);
}

/** Looks at every process again and again until all requests have been answered. */
async function sample(
  run: ToolRun,
  server: MockProcess,
  requests: number,
): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  let tree: ProcessView[] = [];
  for (let done = 0; done < requests;) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    tree = processTree(run.pid);
    // It has ended too early; its end tells why.
    if (tree.length === 0) break;
    done = (await server.stats()).finished;
    const progress = done / requests;
    samples.push(
      ...tree.map(({ pid, service, rssBytes }) => ({ pid, service, rssBytes, progress })),
    );
  }
  return samples;
}

async function readLedger(path: string): Promise<Ledger> {
  using lines = await LineReader.open(path);
  const credits = new Set<number>();
  let records = 0;
  let succeeded = 0;
  for (let some = await lines.next(); some !== null; some = await lines.next()) {
    for (const line of some) {
      const entry = JSON.parse(line);
      if (entry.creditId === undefined) continue;
      records++;
      credits.add(entry.creditId);
      if (entry.outcome === "success") succeeded++;
    }
  }
  return { records, credits: credits.size, succeeded };
}

if (import.meta.main) {
  Deno.exit(await soak(Number(Deno.args[0] ?? 500_000)) ? 0 : 1);
}
