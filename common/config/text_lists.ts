import { convertAll, quote, Refusal } from "./problem.ts";

/** The entries of one text or several, with commas between them; empty ones are left out. */
export function splitList(given: string | readonly string[]): string[] {
  return [given].flat().flatMap((entry) => entry.split(",")).map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

/** Reads a list whose entries all differ; an empty one is read as one empty entry. */
export function readList(
  given: string | readonly string[],
  read: (text: string) => string,
): string[] {
  const texts = splitList(given);
  const all = convertAll(texts.length > 0 ? texts : [""], read);
  refuseTwins(all);
  return all;
}

/** The entries of a mapping, or of every text of a list. */
export function gather<V>(
  given: Record<string, V> | string | string[],
  read: (text: string) => [string, V][],
): [string, V][] {
  if (typeof given === "object" && !Array.isArray(given)) return Object.entries(given);
  return convertAll([given].flat(), read).flat();
}

/** Reads a JSON object; throws a Refusal, in which `shown` stands for the text. */
export function readJsonObject(text: string, shown: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`is not valid JSON, got ${shown}`);
  }
  if (typeof value !== "object" || value === null) throw new Refusal(`is no JSON object`);
  return value as Record<string, unknown>;
}

/** Throws a Refusal that quotes each name which is there more than once. */
export function refuseTwins(names: readonly string[]): void {
  const twins = new Set(names.filter((name, i) => names.indexOf(name) < i));
  if (twins.size > 0) throw new Refusal(...[...twins].map((n) => `${quote(n)} is given twice`));
}

/** Throws a Refusal, where an expression is wanted. */
export function refuse(message: string): never {
  throw new Refusal(message);
}
