import { plainTurn } from "../../../common/model/conversation.ts";
import { field, FieldError, type JsonObject, readCount, readId, readNumber } from "./fields.ts";
import type { FormatSettings, LineContent, LineFormat } from "./format.ts";
import { readRecipe } from "./trace_fields.ts";

/** Tokens of a block in traces of this kind. */
const BLOCK_SIZE = 16;

/** The parent of a row that has none. */
const NO_PARENT = "-1";

/**
 * The recorded requests of Alibaba's Bailian: `{"chat_id": 2, "parent_chat_id": 1, "turn": 2, …}`.
 *
 * A row goes on with the conversation of its parent. Its prompt is all that was sent, what was said
 * before included, so nothing is added to it.
 */
export const bailianFormat: LineFormat = {
  name: "bailian_trace",
  matches: (line) =>
    field(line, "chat_id") !== undefined && field(line, "input_length") !== undefined,
  open: (settings) => (row) => readRow(row, settings),
};

function readRow(row: JsonObject, settings: FormatSettings): LineContent {
  const id = readId(row, "chat_id");
  if (id === null) throw new FieldError("chat_id", "is missing");
  const parent = readId(row, "parent_chat_id") ?? NO_PARENT;
  const seconds = readNumber(row, "timestamp", "");
  if (seconds === null) throw new FieldError("timestamp", "is missing");
  const turn = plainTurn([], {
    isStandalone: true,
    outputTokens: readCount(row, "output_length", ""),
    // A thousandth of a millisecond is more than any recording has.
    timestampMs: Math.round(seconds * 1e6) / 1e3,
  });
  return {
    id,
    opening: [],
    turns: [turn],
    prompts: [readRecipe(row, settings.blockSize ?? BLOCK_SIZE)],
    link: { joins: parent === NO_PARENT ? id : parent, knownAs: id },
  };
}
