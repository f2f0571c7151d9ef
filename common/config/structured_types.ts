import type { Slo } from "../model/run_config.ts";
import { convertAll, quote, Refusal } from "./problem.ts";
import { gather, readJsonObject, refuseTwins, splitList } from "./text_lists.ts";
import { converted, parsedText, text, type ValueType } from "./value_type.ts";

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

/** What the names of several files begin with; an ending is left out. */
export function filePrefix(): ValueType<string> {
  const allowed = "the beginning of a file name, without a folder";
  return parsedText("NAME", allowed, (given) => {
    const prefix = given.replace(/\.(jsonl?|csv)$/i, "");
    if (!/^(?!\.)[^/\\\p{Cc}]{1,100}$/u.test(prefix)) {
      throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
    }
    if (prefix !== "records") return prefix;
    throw new Refusal("must not be records, as the journal is records.jsonl");
  });
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

function readObjectives(text: string, allowed: string): [string, number][] {
  return convertAll(text.trim().split(/[\s,]+/), (pair) => {
    const match = /^([a-z][a-z0-9_]*):(\d+\.?\d*|\.\d+)$/i.exec(pair);
    if (!match) throw new Refusal(`must be ${allowed}, got ${quote(pair)}`);
    return [match[1]!, Number(match[2])];
  });
}
