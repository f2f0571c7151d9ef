import type { Turn } from "../../../common/model/conversation.ts";
import type { DatasetFormat } from "../../../common/model/dataset_format.ts";
import type { JsonObject } from "./fields.ts";
import type { PromptRecipe } from "./recipe.ts";

/** What one line of an input file says. */
export interface LineContent {
  /** The conversation's id; null when the line names none. */
  readonly id: string | null;
  /** What every request begins with. */
  readonly opening: readonly Turn[];
  /** At least one. */
  readonly turns: readonly Turn[];
  /** How the text of each turn is made up; absent: the turns have their texts. */
  readonly prompts?: readonly PromptRecipe[];
  /** Absent: the line is a conversation of its own. */
  readonly link?: SessionLink;
}

/** How a line that is part of a conversation says so. */
export interface SessionLink {
  /** The line goes on with the conversation that is known as this, if there is one. */
  readonly joins: string;
  /** What its conversation is known as from then on, to the lines after it. */
  readonly knownAs: string;
}

/** What the reading of lines depends on beside the lines. */
export interface FormatSettings {
  /** Tokens of a block; null: as many as the format has. */
  readonly blockSize: number | null;
  /** Whether rows of a session repeat what was said before; null: nobody said. */
  readonly history: "delta" | "cumulative" | null;
  /** Whether answers are read as streams. */
  readonly isStreaming: boolean;
  /** Why a local file cannot be sent; null: it can. */
  fileProblem(path: string): string | null;
}

/** Where fields stand, and what else their reading depends on. */
export interface FieldPlace {
  /** Stands before each field's name in errors, e.g. `turns[1].`. */
  readonly path: string;
  readonly settings: FormatSettings;
}

/**
 * Reads a row: a line's JSON object, or the fields of a table's line; `text` is the line itself.
 *
 * null: the row is not meant to be sent. Throws a FieldError that says what is wrong with it.
 */
export type RowReader = (row: JsonObject, text: string) => LineContent | null;

/** A format of input files. */
export interface LineFormat {
  readonly name: DatasetFormat;
  /** Whether an object looks as if it were of this format, when those asked before said no. */
  matches(line: JsonObject): boolean;
  /** A reader for the lines of one file, the first of which comes first. */
  open(settings: FormatSettings): RowReader;
}
