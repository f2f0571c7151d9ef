import type { Turn } from "../../../common/model/conversation.ts";
import { bodyTurn } from "./body_turn.ts";
import { field, FieldError, isObject, type JsonObject, mustBe, readId } from "./fields.ts";
import type { FormatSettings, LineContent, LineFormat } from "./format.ts";
import { rawElements, rawField, withoutLineEnds } from "./raw_json.ts";

/**
 * The bodies of an earlier run: `{"data": [{"session_id": "…", "payloads": [{…}]}]}`.
 *
 * A row is an element of `data`; its payloads are sent byte for byte.
 */
export const inputsJsonFormat: LineFormat = {
  name: "inputs_json",
  matches: (line) => field(line, "payloads") !== undefined,
  open: (settings) => (row, text) => readSession(row, text, settings),
};

function readSession(row: JsonObject, text: string, settings: FormatSettings): LineContent {
  const payloads = field(row, "payloads");
  if (payloads === undefined) throw new FieldError("payloads", "is missing");
  if (!Array.isArray(payloads) || payloads.length === 0) {
    throw mustBe("payloads", "a list of bodies", payloads);
  }
  const bodies = rawElements(rawField(text, "payloads")!);
  const turns = payloads.map((payload, i): Turn => {
    const path = `payloads[${i}].`;
    if (isObject(payload) && field(payload, "base64") !== undefined) {
      throw new FieldError(`payloads[${i}]`, "is no JSON body, and cannot be sent again");
    }
    return bodyTurn(payload, { body: withoutLineEnds(bodies[i]!), path, settings });
  });
  return { id: readId(row, "session_id"), opening: [], turns };
}
