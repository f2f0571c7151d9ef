import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import { bodyTurn } from "./body_turn.ts";
import {
  field,
  FieldError,
  type JsonObject,
  mustBe,
  readId,
  readObjects,
  readText,
} from "./fields.ts";
import type { FormatSettings, LineContent, LineFormat } from "./format.ts";
import { rawField } from "./raw_json.ts";
import type { PromptRecipe } from "./recipe.ts";
import { readRecipe } from "./trace_fields.ts";
import { readRequestFields } from "./turn_fields.ts";

/** Tokens of a block in traces of this kind. */
const BLOCK_SIZE = 512;

/** What a request says: exactly one of them is in each row. */
const CONTENTS = ["input_length", "text_input", "messages", "payload"] as const;

/** Fields that no other format has. */
const MARKS = ["input_length", "text_input", "hash_ids", "payload"];
const MARKS_OF_MESSAGES = ["timestamp", "delay", "session_id", "output_length", "message_mode"];

/** The recorded requests of a server: `{"timestamp": 0, "input_length": 655, "hash_ids": [4, 7]}`. */
export const mooncakeFormat: LineFormat = {
  name: "mooncake_trace",
  matches,
  open: (settings) => (row, text) => readRow(row, text, settings),
};

function matches(line: JsonObject): boolean {
  const has = (name: string) => field(line, name) !== undefined;
  return MARKS.some(has) || (has("messages") && MARKS_OF_MESSAGES.some(has));
}

function readRow(row: JsonObject, text: string, settings: FormatSettings): LineContent {
  const session = readId(row, "session_id");
  const link = session === null ? {} : { link: { joins: session, knownAs: session } };
  const { turn, prompt } = readRequest(row, text, settings);
  const prompts = prompt === null ? {} : { prompts: [prompt] };
  return { id: session, opening: [], turns: [turn], ...prompts, ...link };
}

interface Request {
  readonly turn: Turn;
  readonly prompt: PromptRecipe | null;
}

function readRequest(row: JsonObject, text: string, settings: FormatSettings): Request {
  const fields = readRequestFields(row, "");
  const content = contentOf(row);
  if (content !== "messages") refuseBeside(row, content, ["tools", "message_mode"]);
  if (content !== "input_length") refuseBeside(row, content, ["hash_ids"]);
  const isStandalone = settings.history === "cumulative";
  switch (content) {
    case "messages":
      return { turn: readMessages(row, { ...fields }, settings), prompt: null };
    case "payload": {
      const body = rawField(text, "payload")!;
      return {
        turn: bodyTurn(row["payload"], { body, path: "payload.", settings }, fields),
        prompt: null,
      };
    }
    case "text_input": {
      const said = readText(row, "text_input", "")!;
      return { turn: plainTurn([said], { ...fields, isStandalone }), prompt: null };
    }
    case "input_length": {
      const prompt = readRecipe(row, settings.blockSize ?? BLOCK_SIZE);
      return { turn: plainTurn([], { ...fields, isStandalone }), prompt };
    }
  }
}

function contentOf(row: JsonObject): typeof CONTENTS[number] {
  const there = CONTENTS.filter((name) => field(row, name) !== undefined);
  if (there.length === 1) return there[0]!;
  if (there.length > 1) throw new FieldError(there[1]!, `must not be given beside ${there[0]}`);
  throw new FieldError("input_length", "is missing, and so are text_input, messages and payload");
}

function refuseBeside(row: JsonObject, content: string, names: readonly string[]): void {
  for (const name of names) {
    if (field(row, name) === undefined) continue;
    throw new FieldError(name, `means nothing beside ${content}`);
  }
}

function readMessages(
  row: JsonObject,
  fields: Partial<Turn>,
  { history }: FormatSettings,
): Turn {
  const messages = readObjects(row, "messages")!;
  const mode = field(row, "message_mode");
  if (mode !== undefined && mode !== "history" && mode !== "delta") {
    throw mustBe("message_mode", '"history" or "delta"', mode);
  }
  if (fields.extra?.["messages"] !== undefined) {
    throw new FieldError("extra.messages", "would take the place of messages");
  }
  const tools = readObjects(row, "tools");
  return plainTurn([], {
    ...fields,
    messages,
    extra: tools === null ? fields.extra ?? null : { tools, ...fields.extra },
    isStandalone: mode === undefined ? history !== "delta" : mode === "history",
  });
}
