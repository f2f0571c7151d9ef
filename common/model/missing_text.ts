import type { RecordsSummary } from "./report.ts";

/** What is said of credits without a record, the first of them by their ids. */
export function missingText(
  { missing, missingIds }: Pick<RecordsSummary, "missing" | "missingIds">,
): string {
  const more = missing > missingIds.length ? ", …" : "";
  const named = missingIds.length > 0 ? ` (${missingIds.join(", ")}${more})` : "";
  const who = missing === 1 ? "1 credit was" : `${missing} credits were`;
  return `${who} issued and never became a record${named}`;
}
