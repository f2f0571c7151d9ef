import type { HubEntry } from "../../../common/hub/hub_client.ts";

/** A row of a data set, by field; binary values are bytes. */
export type Row = Readonly<Record<string, unknown>>;

/** What is to be sent of a row. */
export interface PublicEntry {
  /** What the user says, turn by turn. */
  readonly turns: readonly string[];
  /** What goes with the first turn, as data URIs or URLs. */
  readonly images: readonly string[];
  /** What was answered to the first turn; null: that is not known. */
  readonly answer: string | null;
}

/** Where a public data set is on the hub, and what its rows mean. */
export interface PublicSet {
  readonly repo: string;
  readonly revision: string;
  /** The file to read; null: found in the list of the repository's files. */
  readonly path: string | null;
  /** The folder of the files, where a set has several; null: it has one. */
  readonly subset: string | null;
  /** What the names of the files begin with, e.g. `train`. */
  readonly split: string;
  /** The columns of a Parquet file that `read` looks at. */
  readonly columns: readonly string[];
  /** Whether rows are left out by how many tokens prompt and answer have. */
  readonly hasLengthRule: boolean;
  /** null: nothing can be sent of the row. */
  read(row: Row): PublicEntry | null;
}

/** The kinds of files that can be read, the preferred ones first. */
const KINDS = ["parquet", "jsonl", "json"] as const;

/** A kind of file that can be read. */
export type FileKind = typeof KINDS[number];

/** The kind of a file, by its name; null: it cannot be read. */
export function kindOf(path: string): FileKind | null {
  return KINDS.find((kind) => path.endsWith(`.${kind}`)) ?? null;
}

/**
 * The files of a set among all of its repository, in the order of their names; empty: none.
 *
 * A subset is a folder, at the root or below `data`. Of files of several kinds those of the best one
 * are taken, and those whose names begin with the split, if there are any.
 */
export function pickFiles(
  entries: readonly HubEntry[],
  { subset, split }: { subset: string | null; split: string },
): string[] {
  const inSubset = entries.map(({ path }) => path).filter((path) =>
    kindOf(path) !== null && (subset === null || path.split("/").slice(0, -1).includes(subset))
  );
  const ofSplit = inSubset.filter((path) => isOfSplit(path, split));
  const paths = ofSplit.length > 0 ? ofSplit : inSubset;
  const best = KINDS.find((kind) => paths.some((path) => kindOf(path) === kind));
  return paths.filter((path) => kindOf(path) === best).sort();
}

function isOfSplit(path: string, split: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.startsWith(split) && /^[-._]/.test(name.slice(split.length));
}
