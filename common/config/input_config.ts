import { type OptionKey, type OptionValues, specOf } from "./option_table.ts";

/** Stands where a secret was. */
export const REDACTED = "<redacted>";

/** Options of the given keys, nested by their paths in the YAML file, with secrets redacted. */
export function inputConfig(
  values: OptionValues,
  keys: Iterable<OptionKey>,
): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const key of keys) {
    const { path } = specOf(key);
    if (path !== null && values[key] !== null) setPath(config, path, plainValue(key, values[key]));
  }
  return config;
}

/** A value as the YAML file holds it; a secret as `<redacted>`. */
export function plainValue(key: OptionKey, value: unknown): unknown {
  const { secret, type } = specOf(key);
  return secret ? REDACTED : type.toPlain(value);
}

/** Sets `a.b.c` in nested objects, making those that are missing. */
function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split(".");
  let section = target;
  for (const part of parts.slice(0, -1)) {
    section[part] ??= {};
    section = section[part] as Record<string, unknown>;
  }
  section[parts.at(-1)!] = value;
}
