import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { parseEntry, parseHeader } from "../../common/journal/journal_line.ts";
import { isNote, isRecord, type JournalNote } from "../../common/model/journal.ts";
import type { RequestRecord } from "../../common/model/record.ts";

/** A block of `profile_export_aiperf.json`: a unit and statistics. */
export type MetricBlock = { readonly unit: string } & Readonly<Record<string, number>>;

/** The summary, as far as tests look into it. */
export interface SummaryJson extends Readonly<Record<string, unknown>> {
  readonly schema_version: string;
  readonly input_config: Record<string, unknown>;
  readonly run_info: { readonly random_seed: number; readonly cli_command: string };
  readonly was_cancelled: boolean;
  readonly error_summary: readonly {
    readonly error_details: { code?: number; type: string; message: string };
    readonly count: number;
  }[];
  readonly credits: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/** One line of `profile_export.jsonl`. */
export interface RequestLine {
  /** Instants are exact. */
  readonly metadata: Readonly<Record<string, string | number | bigint | boolean | null>>;
  readonly metrics: Readonly<
    Record<string, { readonly value: number | readonly number[]; readonly unit: string }>
  >;
  readonly error: { readonly code: number | null; type: string; message: string } | null;
}

/** The two tables of `profile_export_aiperf.csv`: text by label and column. */
export interface SummaryTables {
  readonly columns: readonly string[];
  readonly distributions: ReadonlyMap<string, readonly string[]>;
  readonly scalars: ReadonlyMap<string, string>;
}

/** Everything that a run leaves in its folder. */
export interface Artifacts {
  readonly json: SummaryJson;
  readonly csv: SummaryTables;
  readonly requests: readonly RequestLine[];
  readonly records: readonly RequestRecord[];
  /** The lines of the journal that are no records. */
  readonly notes: readonly JournalNote[];
  readonly inputs: {
    readonly data: readonly {
      readonly session_id: string;
      readonly payloads: readonly Record<string, unknown>[];
    }[];
  };
  readonly inputsText: string;
  readonly console: string;
  readonly log: string;
}

/** Reads and parses every file of a run. */
export async function readArtifacts(folder: string): Promise<Artifacts> {
  const read = (file: keyof typeof ARTIFACT_FILES) =>
    Deno.readTextFile(`${folder}/${ARTIFACT_FILES[file]}`);
  const inputsText = await read("inputs");
  return {
    json: JSON.parse(await read("summaryJson")),
    csv: parseTables(await read("summaryCsv")),
    requests: parseLines(await read("requestMetrics"), parseRequestLine),
    ...parseJournal(await read("records")),
    inputs: JSON.parse(inputsText),
    inputsText,
    console: await read("console"),
    log: await read("log"),
  };
}

/** The records that a run has written so far; none before the journal is there. */
export async function readJournal(folder: string): Promise<RequestRecord[]> {
  try {
    const text = await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.records}`);
    // The last line may be half-way through being written.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    return whole === "" ? [] : parseJournal(whole).records;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The block of a metric; throws when there is none. */
export function metricOf({ json }: Artifacts, tag: string): MetricBlock {
  const block = json[tag];
  if (block === undefined) throw new Error(`There is no ${tag} in the summary`);
  return block as MetricBlock;
}

/** The single number of a metric; null when the summary has no such metric. */
export function scalarOf({ json }: Artifacts, tag: string): number | null {
  return (json[tag] as MetricBlock | undefined)?.["avg"] ?? null;
}

/** The files below a folder, as paths relative to it. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(name);
    else found.push(...(await filesBelow(`${folder}/${name}`)).map((file) => `${name}/${file}`));
  }
  return found.sort();
}

function parseJournal(text: string): { records: RequestRecord[]; notes: JournalNote[] } {
  const [header, ...lines] = parseLines(text, (line) => line);
  parseHeader(header!);
  const entries = lines.map(parseEntry);
  return {
    records: entries.filter(isRecord),
    notes: entries.filter(isNote),
  };
}

function parseLines<T>(text: string, parse: (line: string) => T): T[] {
  if (text !== "" && !text.endsWith("\n")) throw new Error("The last line has no line break");
  return text.split("\n").slice(0, -1).map(parse);
}

function parseRequestLine(line: string): RequestLine {
  const revive = (key: string, value: unknown, { source }: { source: string }) =>
    typeof value === "number" && key.endsWith("_ns") ? BigInt(source) : value;
  // TypeScript's library does not know the third argument yet.
  return JSON.parse(line, revive as (key: string, value: unknown) => unknown);
}

/** No cell of ours holds a comma or a quote. */
function parseTables(text: string): SummaryTables {
  const [above, below] = text.split("\n\n");
  const [header, ...rows] = above!.split("\n").map((line) => line.split(","));
  const [, ...scalars] = below!.trimEnd().split("\n").map((line) => line.split(","));
  return {
    columns: header!.slice(1),
    distributions: new Map(rows.map(([label, ...cells]) => [label!, cells])),
    scalars: new Map(scalars.map(([label, value]) => [label!, value!])),
  };
}
