import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { plainTurn } from "../../../../common/model/conversation.ts";
import type { LineContent } from "../../../../services/dataset_manager/formats/format.ts";
import { analysisJson } from "../../../../services/dataset_manager/trace/analysis_json.ts";
import { TraceStatistics } from "../../../../services/dataset_manager/trace/trace_statistics.ts";

interface Row {
  inputTokens: number;
  blocks: number[] | null;
  session?: string;
  atMs?: number;
}

function contentOf({ inputTokens, blocks, session, atMs }: Row): LineContent {
  return {
    id: null,
    opening: [],
    turns: [plainTurn([], { outputTokens: 5, timestampMs: atMs ?? null })],
    prompts: [{ inputTokens, blocks, blockSize: 10 }],
    ...(session !== undefined && { link: { joins: session, knownAs: session } }),
  };
}

function analysisOf(rows: readonly Row[]) {
  const statistics = new TraceStatistics();
  for (const row of rows) statistics.add(contentOf(row));
  return statistics.result;
}

Deno.test("a trace is counted by its requests, sessions, blocks and cache hits", () => {
  const analysis = analysisOf([
    { inputTokens: 25, blocks: [1, 2, 3], session: "a", atMs: 100 },
    { inputTokens: 18, blocks: [1, 4], session: "b", atMs: 150 },
    { inputTokens: 22, blocks: [1, 2, 5], session: "a", atMs: 400 },
    { inputTokens: 10, blocks: [9] },
  ]);
  assertEquals(
    {
      requests: analysis.requests,
      sessions: analysis.sessions,
      durationMs: analysis.durationMs,
      blocks: analysis.blocks,
      unique: analysis.uniqueBlocks,
      shared: analysis.sharedBlocks,
      groups: analysis.prefixGroups,
      hits: analysis.cacheHitRate,
    },
    {
      requests: 4,
      sessions: 3,
      durationMs: 300,
      blocks: 9,
      unique: 6,
      shared: 2,
      groups: 1,
      hits: 30 / 75,
    },
  );
  assertEquals([analysis.cachedTokens!.sum, analysis.newTokens!.sum], [30, 45]);
  const json = JSON.parse(analysisJson(analysis));
  assertEquals([json.total_requests, json.avg_isl, json.isl_stats.max], [4, 18.75, 25]);
  assertEquals([json.cache_hit_rate, json.prefix_reuse_ratio, json.avg_osl], [0.4, 2 / 6, 5]);
});

/** By comparing each prompt with all before it, token by token. */
function slowCachedTokens(rows: readonly { inputTokens: number; blocks: number[] }[]): number {
  const seen = new Set<number>();
  let cached = 0;
  for (const { inputTokens, blocks } of rows) {
    for (let token = 0; token < inputTokens; token++) {
      if (!seen.has(blocks[Math.floor(token / 10)]!)) break;
      cached++;
    }
    for (const id of blocks) seen.add(id);
  }
  return cached;
}

Deno.test("cache hits are those that a slow look at every token finds", () => {
  const blocks = fc.array(fc.nat(8), { minLength: 1, maxLength: 5 });
  const row = fc.tuple(blocks, fc.integer({ min: 1, max: 10 }))
    .map(([ids, last]) => ({ blocks: ids, inputTokens: (ids.length - 1) * 10 + last }));
  fc.assert(fc.property(fc.array(row), (rows) => {
    assertEquals(analysisOf(rows).cachedTokens?.sum ?? 0, slowCachedTokens(rows));
  }));
});

Deno.test("a trace with one time lasts for no time, and one without times has no duration", () => {
  assertEquals(analysisOf([{ inputTokens: 5, blocks: [1], atMs: 70 }]).durationMs, 0);
  assertEquals(analysisOf([{ inputTokens: 5, blocks: [1] }]).durationMs, null);
});

Deno.test("prompts that are not made of blocks share nothing", () => {
  const analysis = analysisOf([{ inputTokens: 5, blocks: null }, { inputTokens: 5, blocks: null }]);
  const { blocks, uniqueBlocks, blockSize, prefixGroups, cacheHitRate } = analysis;
  assertEquals([blocks, uniqueBlocks, blockSize, prefixGroups, cacheHitRate], [0, 0, null, 0, 0]);
  assertEquals(analysis.newTokens!.sum, 10);
});

Deno.test("an empty trace has no statistics", () => {
  const json = JSON.parse(analysisJson(analysisOf([])));
  assertEquals([json.total_requests, json.cache_hit_rate, json.isl_stats], [0, 0, null]);
  for (const name of ["min_isl", "max_isl", "avg_isl", "min_osl", "max_osl", "avg_osl"]) {
    assertEquals(json[name], null, name);
  }
});
