import { toJSONSchema } from "zod/mini";
import { type OptionKey, OPTIONS, specOf } from "./option_table.ts";
import type { Zod } from "./value_type.ts";

/** A JSON schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

/** The JSON schema of the configuration file, for editors that complete and check YAML. */
export function configFileSchema(z: Zod): JsonSchema {
  const root = sectionSchema();
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["title"] = "Options of aiperf";
  for (const key of Object.keys(OPTIONS) as OptionKey[]) {
    const { path } = specOf(key);
    if (path !== null) place(root, path.split("."), optionSchema(z, key));
  }
  return root;
}

function optionSchema(z: Zod, key: OptionKey): JsonSchema {
  const { type, help, unit, default: value, defaultNote } = specOf(key);
  const schema: JsonSchema = toJSONSchema(type.schema(z), { io: "input" });
  delete schema["$schema"];
  const facts = [
    unit === undefined ? "" : ` Unit: ${unit}.`,
    defaultNote === undefined ? "" : ` Default: ${defaultNote}.`,
  ];
  return {
    description: `${help}${facts.join("")}`,
    ...schema,
    ...(value === null ? {} : { default: type.toPlain(value) }),
  };
}

function place(section: JsonSchema, parts: readonly string[], schema: JsonSchema): void {
  const properties = section["properties"] as Record<string, JsonSchema>;
  const [name, ...rest] = parts;
  if (rest.length === 0) properties[name!] = schema;
  else place(properties[name!] ??= sectionSchema(), rest, schema);
}

/** A section may be empty, which YAML reads as null. */
function sectionSchema(): JsonSchema {
  return { type: ["object", "null"], properties: {}, additionalProperties: false };
}
