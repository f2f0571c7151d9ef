import { type DatasetFormat, TABLE_COLUMNS } from "../model/dataset_format.ts";
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

/** Turns in these roles are no requests, see `docs/input_files.md`. */
const OPENING_ROLES: readonly unknown[] = ["system", "developer"];

/** Their lines are sent as they are, or drawn: a timestamp in them says nothing. */
const UNTIMED_FORMATS: readonly DatasetFormat[] = ["random_pool", "raw_payload", "inputs_json"];

/**
 * What an input file says about the load: one with timestamps is a trace, and `--fixed-schedule` is
 * its default as it is the reference tool's, unless the user has set another pace.
 *
 * `readFirstLine` may reject; a file that cannot be read, or used, is told where it is read in full.
 */
export async function givenByInputFile(
  all: readonly Given[],
  readFirstLine: (path: string) => Promise<string>,
): Promise<Given[]> {
  const file = strongest(all, "inputFile");
  if (typeof file?.raw !== "string" || file.raw === "") return [];
  if (all.some(({ key }) => PACES.includes(key))) return [];
  const type = strongest(all, "customDatasetType")?.raw;
  if (UNTIMED_FORMATS.some((format) => format === type)) return [];
  try {
    if (!isTimed(await readFirstLine(file.raw))) return [];
  } catch {
    return [];
  }
  const origin = { layer: "input file", name: file.origin.name } as const;
  return [{ key: "fixedSchedule", origin, raw: true, shown: "true" }];
}

/** Whether a file with this first line says when requests are to be sent. */
function isTimed(firstLine: string): boolean {
  const columns = firstLine.trim().split(",").map((name) => name.trim());
  const isTable = Object.values(TABLE_COLUMNS)
    .some((needed) => needed.every((name) => columns.includes(name)));
  return isTable || hasTimestamp(JSON.parse(firstLine));
}

/** Whether the conversation of a line says when it begins. */
function hasTimestamp(line: unknown): boolean {
  if (!isObject(line)) return false;
  if (typeof line["timestamp"] === "number") return true;
  const { turns } = line;
  if (!Array.isArray(turns)) return false;
  const first = turns.find((turn) => isObject(turn) && !OPENING_ROLES.includes(turn["role"]));
  return isObject(first) && typeof first["timestamp"] === "number";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
