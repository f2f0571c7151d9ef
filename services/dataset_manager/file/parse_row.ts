import { FieldError, isObject, type JsonObject } from "../formats/fields.ts";

/** Where in its text, which is one line, the parser stopped. */
const PLACE_REGEXP = / in JSON at position (\d+) \(line 1 column \d+\)$/;

/** The JSON object that a line is. Throws a FieldError that says what to do where that is plain. */
export function parseRow(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FieldError("", `is not valid JSON: ${whyNot(text.trim(), (error as Error).message)}`);
  }
  if (isObject(value)) return value;
  throw new FieldError(
    "",
    Array.isArray(value)
      ? "is a list; each line must be one JSON object (jq -c '.[]' makes lines of a list)"
      : "is not a JSON object",
  );
}

function whyNot(text: string, message: string): string {
  if (text === "{" || text === "[") {
    return "it goes on in the next line, and each line must be one JSON object (jq -c . makes it one)";
  }
  if (!/^[{["]/.test(text) && text.includes(",")) {
    return "it does not begin with {; a table must begin with the names of its columns, those of " +
      "burst_gpt_trace or azure_trace";
  }
  const why = message.replaceAll(/\p{Cc}+/gu, " ");
  return why.replace(PLACE_REGEXP, (_, at) => ` at character ${Number(at) + 1}`);
}
