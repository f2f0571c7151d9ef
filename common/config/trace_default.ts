import { DATASET_FORMATS, type DatasetFormat, TABLE_COLUMNS } from "../model/dataset_format.ts";
import { type Given, strongest } from "./layer.ts";
import type { OptionKey } from "./option_table.ts";

/** Who gives one of these has said when requests are to be sent. */
const PACES: readonly OptionKey[] = [
  "fixedSchedule",
  "userCentricRate",
  "requestRateSeries",
  "requestRate",
  "arrivalPattern",
];

/** Who gives one of these may leave out the first line, so that it says nothing of the others. */
const LEAVE_OUT: readonly OptionKey[] = ["skipBadLines", "synthesisMaxIsl"];

/** Turns in these roles are no requests, see `docs/input_files.md`. */
const OPENING_ROLES: readonly unknown[] = ["system", "developer"];

/** Formats whose lines are sent as they are, or drawn: a timestamp in them says nothing. */
export const UNTIMED_FORMATS: readonly unknown[] = [
  "random_pool",
  "raw_payload",
  "inputs_json",
] satisfies DatasetFormat[];

/**
 * Whether an input file says when its requests are to be sent: `timed` and `untimed` as its first
 * line or its format has it, `unknown` for one that cannot be read or used, and without a file.
 */
export type FileTimes = "timed" | "untimed" | "unknown";

/**
 * Looks whether the input file has timestamps, where the load depends on it.
 *
 * `readFirstLine` may reject; a file that cannot be read, or used, is told where it is read in full.
 */
export async function timesOfInputFile(
  all: readonly Given[],
  readFirstLine: (path: string) => Promise<string>,
): Promise<FileTimes> {
  const file = strongest(all, "inputFile")?.raw;
  if (typeof file !== "string" || file === "") return "unknown";
  const isReplay = strongest(all, "fixedSchedule")?.raw === true;
  if (hasPace(all) && !isReplay) return "unknown";
  const format = strongest(all, "customDatasetType")?.raw;
  if (UNTIMED_FORMATS.includes(format)) return "untimed";
  const isLeftOut = LEAVE_OUT.some((key) => (strongest(all, key)?.raw ?? false) !== false);
  try {
    const times = timesOfLine(await readFirstLine(file), format);
    return times === "untimed" && isLeftOut ? "unknown" : times;
  } catch {
    return "unknown";
  }
}

/**
 * What an input file says about the load: one with timestamps is a trace, and `--fixed-schedule` is
 * its default as it is the reference tool's, unless the user has set another pace.
 */
export function givenByInputFile(all: readonly Given[], times: FileTimes): Given[] {
  const file = strongest(all, "inputFile");
  if (file === undefined || times !== "timed" || hasPace(all)) return [];
  const origin = { layer: "input file", name: file.origin.name } as const;
  return [{ key: "fixedSchedule", origin, raw: true, shown: "true" }];
}

function hasPace(all: readonly Given[]): boolean {
  return all.some(({ key }) => PACES.includes(key));
}

/** Throws when the line is neither the head of a table nor JSON. */
function timesOfLine(firstLine: string, format: unknown): FileTimes {
  const columns = firstLine.trim().split(",").map((name) => name.trim());
  const isTable = Object.values(TABLE_COLUMNS)
    .some((needed) => needed.every((name) => columns.includes(name)));
  if (isTable) return "timed";
  if (Object.hasOwn(TABLE_COLUMNS, String(format))) return "unknown";
  const line: unknown = JSON.parse(firstLine);
  // A document on one line is taken apart where it is read in full.
  if (!isObject(line) || Array.isArray(line["data"])) return "unknown";
  return timesOfObject(line, DATASET_FORMATS.find((name) => name === format) ?? null);
}

function timesOfObject(line: Record<string, unknown>, format: DatasetFormat | null): FileTimes {
  const isThere = (name: string) => (line[name] ?? null) !== null;
  if (format === "multi_turn" || format === null && isThere("turns")) {
    return timesOfTurns(line["turns"]);
  }
  if (format === null && isThere("payloads")) return "untimed";
  return timesOfField(line["timestamp"]);
}

function timesOfTurns(turns: unknown): FileTimes {
  if (!Array.isArray(turns)) return "unknown";
  const first: unknown = turns.find((turn) =>
    !isObject(turn) || !OPENING_ROLES.includes(turn["role"])
  );
  return isObject(first) ? timesOfField(first["timestamp"]) : "unknown";
}

/** Something else than a number is a mistake, which is told where the file is read in full. */
function timesOfField(timestamp: unknown): FileTimes {
  if (typeof timestamp === "number") return "timed";
  return (timestamp ?? null) === null ? "untimed" : "unknown";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
