import type { ErrorDetails } from "../../common/model/record.ts";
import type { ErrorCount } from "../../common/model/report.ts";

/** How many kinds of error are told apart. */
export const MAX_ERROR_KINDS = 1000;

/** Longer messages are cut: a server may answer every request with a page of its own. */
const MAX_MESSAGE_LENGTH = 2000;

const OTHER: ErrorDetails = {
  code: null,
  type: "Other",
  message: "Errors of further kinds: see records.jsonl",
};

/** Counts errors by equal code, type and message; memory stays bounded whatever a server says. */
export class ErrorGroups {
  readonly #groups = new Map<string, { error: ErrorDetails; count: number }>();
  #others = 0;

  add(error: ErrorDetails): void {
    const kept = cut(error);
    const key = JSON.stringify([kept.code, kept.type, kept.message]);
    const group = this.#groups.get(key);
    if (group) group.count++;
    else if (this.#groups.size < MAX_ERROR_KINDS) this.#groups.set(key, { error: kept, count: 1 });
    else this.#others++;
  }

  /** Every kind, the most frequent first; equally frequent ones in the order they came up. */
  counts(): ErrorCount[] {
    const counts: ErrorCount[] = [...this.#groups.values()].map((group) => ({ ...group }));
    if (this.#others > 0) counts.push({ error: OTHER, count: this.#others });
    return counts.sort((a, b) => b.count - a.count);
  }
}

function cut({ code, type, message }: ErrorDetails): ErrorDetails {
  if (message.length <= MAX_MESSAGE_LENGTH) return { code, type, message };
  return { code, type, message: `${message.slice(0, MAX_MESSAGE_LENGTH)}…` };
}
