import type { Slo } from "../model/run_config.ts";
import { convertAll, quote, Refusal } from "./problem.ts";
import { converted, text, type ValueType } from "./value_type.ts";

/** Names of models, also several in one text with commas between them; there is at least one. */
export function modelNames(): ValueType<readonly string[]> {
  const name = text("NAME");
  return {
    ...name,
    allowed: "the name of a model",
    many: true,
    schema: (z) => {
      const names = z.union([name.schema(z), z.array(name.schema(z))]);
      return converted(z, names, (given) => {
        const all = splitList(given);
        if (all.length === 0) throw new Refusal("must be the name of a model, got none");
        refuseTwins(all);
        return all;
      });
    },
    toPlain: (value) => value,
  };
}

/**
 * Base URLs of servers, also several in one text with commas between them: `http://` where no scheme
 * is given, no slash at the end.
 *
 * A path prefix is kept. User names, passwords and queries are refused, since they may be secrets
 * and since the path of the endpoint is appended.
 */
export function baseUrls(): ValueType<readonly string[]> {
  const allowed = "an http:// or https:// URL without user name, query or fragment";
  return {
    placeholder: "URL",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.union([z.string(), z.array(z.string())]), (given) => {
        // Before it is taken apart, for the part in front of a comma may be a secret then.
        if ([given].flat().some((text) => text.includes("@"))) {
          throw new Refusal(`must be ${allowed}, got one with an "@"`);
        }
        return readList(
          given,
          (text) => normalizeBaseUrl(text) ?? refuse(`must be ${allowed}, got ${quote(text)}`),
        );
      }),
    toPlain: (value) => value.length === 1 ? value[0] : value,
  };
}

/** Numbers above 0, also several in one text with commas between them; there is at least one. */
export function weights(): ValueType<readonly number[]> {
  const allowed = "numbers above 0, such as 3,1";
  return {
    placeholder: "X",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) => {
      const one = z.union([z.string(), z.number()]);
      return converted(
        z,
        z.union([one, z.array(one)]),
        (given) =>
          convertAll([given].flat().flatMap((entry) => String(entry).split(",")), (text) => {
            const weight = text.trim() === "" ? NaN : Number(text);
            if (weight > 0 && weight < Infinity) return weight;
            throw new Refusal(`must be ${allowed}, got ${quote(text)}`);
          }),
      );
    },
    toPlain: (value) => value,
  };
}

/** The path of an endpoint, with a slash in front; it may hold a query. */
export function urlPath(): ValueType<string> {
  const allowed = "a path such as /v1/chat/completions";
  return {
    placeholder: "PATH",
    allowed,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.string(), (given) => {
        const valid = /^[^\s#]+$/.test(given) && !given.includes("://");
        if (!valid) throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
        return `/${given.replace(/^\/+/, "")}`;
      }),
    toPlain: (value) => value,
  };
}

/** What the names of several files begin with; an ending is left out. */
export function filePrefix(): ValueType<string> {
  const allowed = "the beginning of a file name, without a folder";
  return {
    placeholder: "NAME",
    allowed,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.string(), (given) => {
        const prefix = given.replace(/\.(jsonl?|csv)$/i, "");
        if (!/^(?!\.)[^/\\\p{Cc}]{1,100}$/u.test(prefix)) {
          throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
        }
        if (prefix !== "records") return prefix;
        throw new Refusal("must not be records, as the journal is records.jsonl");
      }),
    toPlain: (value) => value,
  };
}

/** A key that can stand in a header. */
export function bearerToken(): ValueType<string> {
  return {
    ...text("KEY"),
    allowed: "visible ASCII characters without spaces",
    schema: (z) => z.string().check(z.regex(/^[!-~]+$/)),
  };
}

/** Values by name: `name:value` pairs or JSON objects, the values typed as JSON would. */
export function jsonPairs(): ValueType<Record<string, unknown>> {
  return {
    placeholder: "NAME:VALUE",
    allowed: "name:value pairs or a JSON object",
    many: true,
    fromText: (value) => value,
    schema: (z) => {
      const given = z.union([z.record(z.string(), z.unknown()), z.string(), z.array(z.string())]);
      return converted(z, given, (value) => {
        const pairs = gather(value, readPairs);
        refuseTwins(pairs.map(([name]) => name));
        return Object.fromEntries(pairs);
      });
    },
    toPlain: (value) => value,
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
  return {
    placeholder: "NAME",
    allowed,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.string(), (given) => {
        if (!HEADER_NAME.test(given)) throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
        if (!TAKEN_HEADERS.has(given.toLowerCase())) return given;
        throw new Refusal(`must be a header with no other meaning, got ${quote(given)}`);
      }),
    toPlain: (value) => value,
  };
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

/** Service level objectives: `tag:value` pairs, the values in the metric's display unit. */
export function objectives(): ValueType<readonly Slo[]> {
  const allowed = 'pairs such as "request_latency:2000 time_to_first_token:300"';
  return {
    placeholder: "TAG:VALUE",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) => {
      const threshold = z.number().check(z.gte(0));
      const given = z.union([z.record(z.string(), threshold), z.string(), z.array(z.string())]);
      return converted(z, given, (value) => {
        const pairs = gather(value, (text) => readObjectives(text, allowed));
        refuseTwins(pairs.map(([tag]) => tag));
        return pairs.map(([tag, threshold]) => ({ tag, threshold }));
      });
    },
    toPlain: (value) => Object.fromEntries(value.map(({ tag, threshold }) => [tag, threshold])),
  };
}

function splitList(given: string | readonly string[]): string[] {
  return [given].flat().flatMap((entry) => entry.split(",")).map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function normalizeBaseUrl(given: string): string | null {
  if (/^unix:/i.test(given)) return normalizeUnixUrl(given);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.parse(withScheme);
  if (!url || !/^https?:$/.test(url.protocol) || /[\s?#]/.test(given)) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** `unix:/run/server.sock`, perhaps with `:/prefix`; three slashes are common, too. */
function normalizeUnixUrl(given: string): string {
  const match = /^unix:(?:\/\/)?(\/[^:?#]*[^:?#/])(?::(\/[^?#\s]*))?$/i.exec(given);
  if (match === null) {
    throw new Refusal(`must be unix: and the absolute path of a socket, got ${quote(given)}`);
  }
  const prefix = match[2]?.replace(/\/+$/, "") ?? "";
  return `unix:${match[1]}${prefix === "" ? "" : `:${prefix}`}`;
}

/** Addresses, not names, also several in one text with commas between them; there is at least one. */
export function ipAddresses(): ValueType<readonly string[]> {
  const allowed = "IP addresses, such as 10.0.0.1,10.0.0.2";
  return {
    placeholder: "ADDRESS",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.union([z.string(), z.array(z.string())]), (given) => {
        return readList(
          given,
          (one) => isIpAddress(one) ? one : refuse(`must be ${allowed}, got ${quote(one)}`),
        );
      }),
    toPlain: (value) => value,
  };
}

function isIpAddress(given: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(given)) {
    return URL.parse(`http://${given}`)?.hostname === given;
  }
  return /^[0-9a-f:.]+$/i.test(given) && given.includes(":") && URL.canParse(`http://[${given}]`);
}

/** The URL of an HTTP proxy; it may hold a user name and password, so it is never shown. */
export function proxyUrl(): ValueType<string> {
  const allowed = "a URL such as http://[user:password@]host:port";
  return {
    placeholder: "URL",
    allowed,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.string(), (given) => {
        const url = URL.parse(given);
        const isProxy = url?.protocol === "http:" && url.pathname === "/" && !/[\s?#]/.test(given);
        if (!isProxy || url.hostname === "") throw new Refusal(`must be ${allowed}`);
        return url.href;
      }),
    toPlain: (value) => value,
  };
}

function readPairs(text: string): [string, unknown][] {
  if (text.trim().startsWith("{")) return Object.entries(readJsonObject(text, quote(text)));
  return convertAll(splitPairs(text), (pair) => {
    const colon = pair.indexOf(":");
    const name = pair.slice(0, colon).trim();
    if (colon < 0 || name === "") {
      throw new Refusal(`must be name:value pairs or a JSON object, got ${quote(pair)}`);
    }
    return [name, readJsonValue(pair.slice(colon + 1).trim())];
  });
}

/**
 * Cuts `a:1,b:2` or `a:1 b:2` where a new pair begins; a value with brackets or quotes stays whole,
 * and a URL is no pair.
 */
function splitPairs(text: string): string[] {
  return /[[{"]/.test(text) ? [text] : text.trim().split(/[,\s]+(?=[A-Za-z_][\w.-]*:(?!\/\/))/);
}

function readJsonValue(text: string): unknown {
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  if (word === "null" || word === "none") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readJsonObject(text: string, shown: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`is not valid JSON, got ${shown}`);
  }
  if (typeof value !== "object" || value === null) throw new Refusal(`is no JSON object`);
  return value as Record<string, unknown>;
}

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

function readObjectives(text: string, allowed: string): [string, number][] {
  return convertAll(text.trim().split(/[\s,]+/), (pair) => {
    const match = /^([a-z][a-z0-9_]*):(\d+\.?\d*|\.\d+)$/i.exec(pair);
    if (!match) throw new Refusal(`must be ${allowed}, got ${quote(pair)}`);
    return [match[1]!, Number(match[2])];
  });
}

/** The entries of a mapping, or of every text of a list. */
function gather<V>(
  given: Record<string, V> | string | string[],
  read: (text: string) => [string, V][],
): [string, V][] {
  if (typeof given === "object" && !Array.isArray(given)) return Object.entries(given);
  return convertAll([given].flat(), read).flat();
}

/** Reads a list whose entries all differ; an empty one is read as one empty entry. */
function readList(
  given: string | readonly string[],
  read: (text: string) => string,
): string[] {
  const texts = splitList(given);
  const all = convertAll(texts.length > 0 ? texts : [""], read);
  refuseTwins(all);
  return all;
}

function refuseTwins(names: readonly string[]): void {
  const twins = new Set(names.filter((name, i) => names.indexOf(name) < i));
  if (twins.size > 0) throw new Refusal(...[...twins].map((n) => `${quote(n)} is given twice`));
}

function refuse(message: string): never {
  throw new Refusal(message);
}
