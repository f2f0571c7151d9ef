import { field, type JsonObject } from "./fields.ts";
import type { LineFormat } from "./format.ts";
import { readTurn } from "./turn_fields.ts";

/** One request a line: `{"text": "…", "timestamp": 250, "output_length": 32}`. */
export const singleTurnFormat: LineFormat = {
  name: "single_turn",
  matches: (line) => (has(line, "text") || has(line, "texts")) && !has(line, "turns"),
  read: (line) => ({ id: null, opening: [], turns: [readTurn(line, "")] }),
};

function has(line: JsonObject, name: string): boolean {
  return field(line, name) !== undefined;
}
