import type { Summary } from "../../../common/stats/summary.ts";
import type { TraceAnalysis } from "./trace_statistics.ts";

const COLUMNS = ["avg", "std", "min", "p25", "p50", "p75", "p90", "p99", "max"] as const;

/** How wide the names and the numbers of the table are. */
const NAME_WIDTH = 26;
const NUMBER_WIDTH = 11;

/** An analysis for the terminal. */
export function analysisText(path: string, analysis: TraceAnalysis): string {
  const lines = [
    `Trace: ${path}`,
    "",
    ...facts(analysis).map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${value}`),
    "",
    " ".repeat(NAME_WIDTH) + COLUMNS.map((name) => name.padStart(NUMBER_WIDTH)).join(""),
    ...row("Input tokens", analysis.inputTokens),
    ...row("  seen before", analysis.cachedTokens),
    ...row("  new", analysis.newTokens),
    ...row("Output tokens", analysis.outputTokens),
    ...row("Cache hit rate (%)", percent(analysis.hitRates)),
  ];
  return `${lines.join("\n")}\n`;
}

function facts(analysis: TraceAnalysis): [string, string][] {
  const { requests, sessions, durationMs, blockSize, blocks, uniqueBlocks } = analysis;
  const { sharedBlocks, prefixGroups, cacheHitRate } = analysis;
  return [
    ["Requests", count(requests)],
    ["Sessions", count(sessions)],
    ["Duration", durationMs === null ? "no times" : `${decimals(durationMs / 1e3)} s`],
    ["Theoretical cache hits", `${decimals(100 * cacheHitRate)} % of all input tokens`],
    ["Blocks", blockSize === null ? "none" : `${count(blocks)} of ${blockSize} tokens`],
    ["Unique blocks", count(uniqueBlocks)],
    ["  in several prompts", count(sharedBlocks)],
    ["Prefix groups", count(prefixGroups)],
  ];
}

function row(name: string, summary: Summary | null): string[] {
  if (summary === null) return [];
  const numbers = COLUMNS.map((column) => decimals(summary[column]).padStart(NUMBER_WIDTH));
  return [name.padEnd(NAME_WIDTH) + numbers.join("")];
}

function percent(summary: Summary | null): Summary | null {
  if (summary === null) return null;
  const scaled = Object.entries(summary).map(([name, value]) => [name, 100 * value]);
  return Object.fromEntries(scaled) as unknown as Summary;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function decimals(value: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
