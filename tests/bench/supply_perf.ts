import { atMost } from "./accuracy_perf.ts";
import { type Figure, figure, quantile } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { ToolRun } from "./tool_run.ts";

/** What is sent, and a load under which every conversation is a new one. */
const KINDS: readonly (readonly [name: string, flags: string])[] = [
  ["prompts of 550 tokens", "--isl 550 --request-count 6000 --concurrency 32"],
  ["prompts of 8,000 tokens", "--isl 8000 --request-count 600 --request-rate 100"],
  [
    "pictures of 256 by 256",
    "--isl 50 --request-count 300 --request-rate 10 --image-width-mean 256 --image-height-mean 256",
  ],
];

/** How long credits that were due waited for their conversation. */
export async function measureSupply(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, flags] of KINDS) figures.push(...await measureKind(name, flags));
  return figures;
}

async function measureKind(name: string, flags: string): Promise<Figure[]> {
  await using server = await MockProcess.start(["--ttft", "20"]);
  const entries = ["--num-dataset-entries", "50000", "--workers-max", "2"];
  await using run = new ToolRun(server, [...flags.split(" "), ...entries]);
  await run.end();
  const joined = await run.joined(server);
  const waitsMs = joined.map(({ record }) => record.conversationWaitNs / 1e6);
  const waited = waitsMs.filter((ms) => ms > 0).length;
  return [
    figure(`${name}: wait, 99 of 100 within`, [quantile(waitsMs, 0.99), "ms"], atMost(0)),
    figure("  most", [Math.max(...waitsMs), "ms"]),
    figure(`  of ${joined.length} requests, waited at all`, [waited, ""]),
  ];
}
