import { field, type JsonObject } from "./fields.ts";
import type { LineFormat } from "./format.ts";
import { readTurn } from "./turn_fields.ts";

/**
 * A pool of things to say, one a line as in `single_turn`: each request draws one of each pool.
 *
 * A pool looks like prompts that are sent one after the other, so it has to be asked for.
 */
export const randomPoolFormat: LineFormat = {
  name: "random_pool",
  matches: () => false,
  open: (settings) => (line) => {
    const turn = readTurn(named(line), { path: "", settings });
    return { id: null, opening: [], turns: [{ ...turn, timestampMs: null, delayMs: null }] };
  },
};

/** `query` is the text of pools for rankings. */
function named(line: JsonObject): JsonObject {
  const query = field(line, "query");
  return query === undefined || field(line, "text") !== undefined ? line : { ...line, text: query };
}
