import { convertAll, quote, Refusal } from "./problem.ts";
import { readJsonObject, refuse, refuseTwins } from "./text_lists.ts";
import { converted, parsedText, text, type ValueType } from "./value_type.ts";

/** A key that can stand in a header. */
export function bearerToken(): ValueType<string> {
  return {
    ...text("KEY"),
    allowed: "visible ASCII characters without spaces",
    schema: (z) => z.string().check(z.regex(/^[!-~]+$/)),
  };
}

/** HTTP headers: `Name: value` texts or JSON objects. Messages never show a value. */
export function httpHeaders(): ValueType<Record<string, string>> {
  return {
    placeholder: "NAME:VALUE",
    allowed: '"Name: value" headers or a JSON object',
    many: true,
    fromText: (value) => value,
    schema: (z) => {
      const given = z.union([z.record(z.string(), z.string()), z.string(), z.array(z.string())]);
      return converted(z, given, (value) => {
        const headers = typeof value === "object" && !Array.isArray(value)
          ? convertAll(Object.entries(value), checkedHeader)
          : convertAll([value].flat(), readHeaders).flat();
        refuseTwins(headers.map(([name]) => name.toLowerCase()));
        return Object.fromEntries(headers);
      });
    },
    toPlain: (value) => value,
  };
}

/** The name of a header that says nothing of the connection, the body, or who sends it. */
export function headerName(): ValueType<string> {
  const allowed = "a header name of letters, digits and dashes";
  return parsedText("NAME", allowed, (given) => {
    if (!HEADER_NAME.test(given)) throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
    if (!TAKEN_HEADERS.has(given.toLowerCase())) return given;
    throw new Refusal(`must be a header with no other meaning, got ${quote(given)}`);
  });
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Where a message ends, and what becomes of its connection: only who sends it can know. */
const FRAMING_HEADERS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const TAKEN_HEADERS = new Set([
  ...FRAMING_HEADERS,
  "accept",
  "accept-encoding",
  "authorization",
  "content-type",
  "host",
  "user-agent",
  "x-api-key",
  "x-request-id",
]);

function readHeaders(text: string): [string, string][] {
  if (text.trim().startsWith("{")) {
    const entries = Object.entries(readJsonObject(text, "a text that is not shown"));
    return convertAll(entries, ([name, value]) =>
      checkedHeader([
        name,
        typeof value === "string" ? value : refuse("must hold texts only in its JSON object"),
      ]));
  }
  const colon = text.indexOf(":");
  if (colon < 1) throw new Refusal('must be "Name: value", got a text without a colon');
  return [checkedHeader([text.slice(0, colon).trim(), text.slice(colon + 1).trim()])];
}

function checkedHeader([name, value]: [string, string]): [string, string] {
  if (!HEADER_NAME.test(name)) {
    throw new Refusal("must be a header name of letters, digits and dashes before the colon");
  }
  if (FRAMING_HEADERS.has(name.toLowerCase())) {
    throw new Refusal(`must leave ${name} to the client, which frames the requests by it`);
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new Refusal(`must be one line of Latin-1 text after ${name}:`);
  }
  return [name, value];
}
