import type { Turn } from "../../../common/model/conversation.ts";
import { field, FieldError, isObject, type JsonObject, mustBe, readId } from "./fields.ts";
import type { FormatSettings, LineContent, LineFormat } from "./format.ts";
import { readTurn } from "./turn_fields.ts";

/** Turns in these roles at the beginning are prompts of the system, not requests. */
const OPENING_ROLES = new Set(["system", "developer"]);

/** One conversation a line: `{"session_id": "s1", "turns": [{"text": "…"}, …]}`. */
export const multiTurnFormat: LineFormat = {
  name: "multi_turn",
  matches: (line) => field(line, "turns") !== undefined,
  open: (settings) => (line) => readLine(line, settings),
};

function readLine(line: JsonObject, settings: FormatSettings): LineContent {
  const items = field(line, "turns");
  if (items === undefined) throw new FieldError("turns", "is missing");
  if (!Array.isArray(items) || items.length === 0) {
    throw mustBe("turns", "a list of turns", items);
  }
  const all = items.map((item, i) => readItem(item, `turns[${i}]`, settings));
  const first = all.findIndex(({ role }) => !OPENING_ROLES.has(role));
  if (first < 0) throw new FieldError("turns", "must hold more than system prompts");
  const opening = all.slice(0, first);
  opening.forEach(checkOpening);
  checkTimes(all, first);
  return { id: readId(line, "session_id"), opening, turns: all.slice(first) };
}

function readItem(item: unknown, path: string, settings: FormatSettings): Turn {
  if (!isObject(item)) throw mustBe(path, "an object", item);
  const turn = readTurn(item, { path: `${path}.`, settings });
  if (turn.role === "assistant") {
    throw new FieldError(
      `${path}.role`,
      "must not be assistant: the answers are the server's own, or the `answer` of a turn",
    );
  }
  return turn;
}

function checkOpening(turn: Turn, index: number): void {
  const names = { delayMs: "delay", timestampMs: "timestamp", outputTokens: "output_length" };
  for (const [key, name] of Object.entries(names)) {
    if (turn[key as keyof typeof names] !== null) {
      throw new FieldError(`turns[${index}].${name}`, "means nothing for a system prompt");
    }
  }
}

/** Timestamps must begin with the first turn and never fall. */
function checkTimes(all: readonly Turn[], first: number): void {
  let latestMs = all[first]!.timestampMs;
  for (let i = first + 1; i < all.length; i++) {
    const { timestampMs } = all[i]!;
    if (timestampMs === null) continue;
    const path = `turns[${i}].timestamp`;
    if (latestMs === null) throw new FieldError(path, "needs one on the first turn, too");
    if (timestampMs < latestMs) {
      throw new FieldError(path, `must not be before that of a turn before it (${latestMs})`);
    }
    latestMs = timestampMs;
  }
}
