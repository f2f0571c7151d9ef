/** Flags of another tool that are none here, and what to do in their place. */
export interface OtherFlags {
  /** As the other tool has them; one that ends in `*` stands for all that begin so. */
  readonly flags: readonly string[];
  /** What to do, as a sentence goes on after "unknown option;", without a full stop. */
  readonly advice: string;
}

/** The entry that has the flag: the one that spells it out rather than one that ends in `*`. */
export function entryOf(flag: string, tables: readonly OtherFlags[]): OtherFlags | null {
  const exact = tables.find(({ flags }) => flags.includes(flag));
  if (exact) return exact;
  const begins = (pattern: string) =>
    pattern.endsWith("*") && flag.startsWith(pattern.slice(0, -1));
  return tables.find(({ flags }) => flags.some(begins)) ?? null;
}
