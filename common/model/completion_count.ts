import type { RequestRecord, Usage } from "./record.ts";

/**
 * How many tokens an answer has, as its server says; null where it says nothing.
 *
 * Some servers fill in a `usage` of zeros that they never count: 0 tokens of an answer that brought
 * content is as good as nothing said.
 */
export function completionCount(usage: Usage | null, hasContent: boolean): number | null {
  const count = usage?.completionTokens ?? null;
  return count === 0 && hasContent ? null : count;
}

/** Whether the server says that an answer has 0 tokens although it brought content. */
export function countsNothing({ usage, chunksAfterNs }: RequestRecord): boolean {
  return usage?.completionTokens === 0 && chunksAfterNs.length > 0;
}
