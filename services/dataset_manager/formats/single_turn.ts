import { field, type JsonObject } from "./fields.ts";
import type { LineFormat } from "./format.ts";
import { readTurn } from "./turn_fields.ts";

const TEXT_FIELDS = ["text", "texts"];

/** One request a line: `{"text": "…", "timestamp": 250, "output_length": 32}`. */
export const singleTurnFormat: LineFormat = {
  name: "single_turn",
  matches: (line) => TEXT_FIELDS.some((name) => has(line, name)),
  open: (settings) => (line) => ({
    id: null,
    opening: [],
    turns: [readTurn(line, { path: "", settings })],
  }),
};

function has(line: JsonObject, name: string): boolean {
  return field(line, name) !== undefined;
}
