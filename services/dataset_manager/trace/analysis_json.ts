import type { Summary } from "../../../common/stats/summary.ts";
import type { TraceAnalysis } from "./trace_statistics.ts";

/** An analysis under the reference tool's names, and what we know beside that. */
export function analysisJson(analysis: TraceAnalysis): string {
  const { inputTokens: isl, outputTokens: osl } = analysis;
  const { uniqueBlocks, sharedBlocks } = analysis;
  const json = {
    total_requests: analysis.requests,
    unique_prefixes: uniqueBlocks,
    num_prefix_groups: analysis.prefixGroups,
    cache_hit_rate: analysis.cacheHitRate,
    min_isl: isl?.min ?? null,
    max_isl: isl?.max ?? null,
    avg_isl: isl?.avg ?? null,
    min_osl: osl?.min ?? null,
    max_osl: osl?.max ?? null,
    avg_osl: osl?.avg ?? null,
    prefix_reuse_ratio: uniqueBlocks === 0 ? 0 : sharedBlocks / uniqueBlocks,
    isl_stats: statistics(isl),
    osl_stats: statistics(osl),
    context_length_stats: statistics(analysis.cachedTokens),
    unique_prompt_length_stats: statistics(analysis.newTokens),
    hit_rate_stats: statistics(analysis.hitRates),
    total_sessions: analysis.sessions,
    duration_ms: analysis.durationMs,
    block_size: analysis.blockSize,
    total_blocks: analysis.blocks,
    unique_blocks: uniqueBlocks,
    shared_blocks: sharedBlocks,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function statistics(summary: Summary | null): Record<string, number> | null {
  return summary && {
    mean: summary.avg,
    std_dev: summary.std,
    min: summary.min,
    p25: summary.p25,
    median: summary.p50,
    p75: summary.p75,
    p90: summary.p90,
    p99: summary.p99,
    max: summary.max,
  };
}
