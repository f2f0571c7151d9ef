import type { Turn } from "../../../common/model/conversation.ts";
import type { DatasetFormat } from "../../../common/model/dataset_format.ts";
import type { JsonObject } from "./fields.ts";

/** What one line of an input file says. */
export interface LineContent {
  /** The conversation's id; null when the line names none. */
  readonly id: string | null;
  /** What every request begins with. */
  readonly opening: readonly Turn[];
  /** At least one. */
  readonly turns: readonly Turn[];
}

/** A format of input files that hold one conversation a line, as a JSON object. */
export interface LineFormat {
  readonly name: DatasetFormat;
  /** Whether a line looks as if it were of this format; at most one format says so of any line. */
  matches(line: JsonObject): boolean;
  /** Reads a line; throws a FieldError that says what is wrong with it. */
  read(line: JsonObject): LineContent;
}
