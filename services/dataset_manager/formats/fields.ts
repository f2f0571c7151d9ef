/** Any JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

const LONGEST_SHOWN = 60;

/** Thrown for a field of an input file that cannot be used. */
export class FieldError extends Error {
  override readonly name = "FieldError";

  /** `path`: the field as a person would write it, e.g. `turns[1].delay`; empty for the whole line. */
  constructor(readonly path: string, readonly reason: string) {
    super(path === "" ? reason : `${path}: ${reason}`);
  }
}

/** Whether a JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's value; undefined when it is missing or null, as many writers of JSON have it. */
export function field(object: JsonObject, name: string): unknown {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return value === null ? undefined : value;
}

/** A number of at least 0, or null when there is none. */
export function readNumber(object: JsonObject, name: string, path: string): number | null {
  const value = field(object, name);
  if (value === undefined) return null;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw mustBe(path + name, "a number of at least 0", value);
}

/** A whole number of at least 1, or null when there is none. */
export function readCount(object: JsonObject, name: string, path: string): number | null {
  const value = field(object, name);
  if (value === undefined) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw mustBe(path + name, "a whole number of at least 1", value);
}

/** A text that is not empty, or null when there is none. */
export function readText(object: JsonObject, name: string, path: string): string | null {
  const value = field(object, name);
  if (value === undefined) return null;
  return checkText(value, path + name);
}

/** A name, which may be a number as well as a text; null when there is none. */
export function readId(object: JsonObject, name: string): string | null {
  const value = field(object, name);
  if (value === undefined) return null;
  return typeof value === "number" ? String(value) : checkText(value, name);
}

/** An object, or null when there is none. */
export function readObject(object: JsonObject, name: string, path: string): JsonObject | null {
  const value = field(object, name);
  if (value === undefined) return null;
  if (isObject(value)) return value;
  throw mustBe(path + name, "an object", value);
}

/** A list of objects that is not empty, or null when there is none. */
export function readObjects(object: JsonObject, name: string): Record<string, unknown>[] | null {
  const value = field(object, name);
  if (value === undefined) return null;
  if (!Array.isArray(value) || value.length === 0) throw mustBe(name, "a list of objects", value);
  value.forEach((item, i) => {
    if (!isObject(item)) throw mustBe(`${name}[${i}]`, "an object", item);
  });
  return value;
}

/** The value as a text that is not empty. */
export function checkText(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw mustBe(path, "a text that is not empty", value);
}

/** The error that a field is not what it must be; shows what it is. */
export function mustBe(path: string, wanted: string, value: unknown): FieldError {
  return new FieldError(path, `must be ${wanted}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 3)}...` : text;
}
