import type { DatasetFormat } from "../../../common/model/dataset_format.ts";
import { FieldError, type JsonObject } from "./fields.ts";
import type { LineFormat } from "./format.ts";
import { multiTurnFormat } from "./multi_turn.ts";
import { singleTurnFormat } from "./single_turn.ts";

const FORMATS: Readonly<Record<DatasetFormat, LineFormat>> = {
  single_turn: singleTurnFormat,
  multi_turn: multiTurnFormat,
};

/** The format of a name. */
export function formatNamed(name: DatasetFormat): LineFormat {
  return FORMATS[name];
}

/** The format that a file's first line is of. Throws a FieldError when that cannot be told. */
export function detectFormat(line: JsonObject): LineFormat {
  const format = Object.values(FORMATS).find((candidate) => candidate.matches(line));
  if (format !== undefined) return format;
  const names = Object.keys(line).slice(0, 8).map((name) => JSON.stringify(name)).join(", ");
  throw new FieldError(
    "",
    `does not say what format it is of (its fields are ${names || "none"}); ` +
      "use --custom-dataset-type",
  );
}
