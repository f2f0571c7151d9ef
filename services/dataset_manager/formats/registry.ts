import { type DatasetFormat, TABLE_COLUMNS } from "../../../common/model/dataset_format.ts";
import { bailianFormat } from "./bailian_trace.ts";
import { FieldError, type JsonObject } from "./fields.ts";
import type { LineFormat } from "./format.ts";
import { inputsJsonFormat } from "./inputs_json.ts";
import { mooncakeFormat } from "./mooncake_trace.ts";
import { multiTurnFormat } from "./multi_turn.ts";
import { randomPoolFormat } from "./random_pool.ts";
import { rawPayloadFormat } from "./raw_payload.ts";
import { singleTurnFormat } from "./single_turn.ts";
import { azureFormat, burstGptFormat } from "./table_trace.ts";

/** In the order in which they are asked whether a line is of theirs: the surest sign comes first. */
const FORMATS: readonly LineFormat[] = [
  multiTurnFormat,
  inputsJsonFormat,
  bailianFormat,
  singleTurnFormat,
  mooncakeFormat,
  rawPayloadFormat,
  burstGptFormat,
  azureFormat,
  randomPoolFormat,
];

/** The format of a name. */
export function formatNamed(name: DatasetFormat): LineFormat {
  return FORMATS.find((format) => format.name === name)!;
}

/** The format that a file's first line is of. Throws a FieldError when that cannot be told. */
export function detectFormat(line: JsonObject): LineFormat {
  const format = FORMATS.find((candidate) => candidate.matches(line));
  if (format !== undefined) return format;
  const names = Object.keys(line).slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
  throw new FieldError(
    "",
    `does not say what format it is of (its fields are ${names || "none"}); ` +
      "use --custom-dataset-type",
  );
}

/** The format of a table with these columns; null: of none. */
export function detectTable(columns: readonly string[]): LineFormat | null {
  const [found] =
    Object.entries(TABLE_COLUMNS).find(([, needed]) =>
      needed.every((name) => columns.includes(name))
    ) ?? [];
  return found === undefined ? null : formatNamed(found as DatasetFormat);
}
