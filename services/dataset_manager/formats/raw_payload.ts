import { bodyTurn } from "./body_turn.ts";
import { field } from "./fields.ts";
import type { LineFormat } from "./format.ts";

/** One body a line, sent byte for byte: `{"model": "m", "messages": […]}`. */
export const rawPayloadFormat: LineFormat = {
  name: "raw_payload",
  matches: (line) => Array.isArray(field(line, "messages")),
  open: (settings) => (row, text) => ({
    id: null,
    opening: [],
    turns: [bodyTurn(row, { body: text.trim(), path: "", settings })],
  }),
};
