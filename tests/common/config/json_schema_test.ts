import { assertEquals } from "@std/assert";
import * as z from "zod/mini";
import { configFileSchema, type JsonSchema } from "../../../common/config/json_schema.ts";
import { type OptionKey, OPTIONS, specOf } from "../../../common/config/option_table.ts";

/** The schema of the value at a dotted path. */
function at(schema: JsonSchema, path: string): JsonSchema {
  return path.split(".").reduce(
    (section, name) => (section["properties"] as Record<string, JsonSchema>)[name]!,
    schema,
  );
}

Deno.test("the schema has every option of the file, with its help and its default", () => {
  const schema = configFileSchema(z);
  for (const key of Object.keys(OPTIONS) as OptionKey[]) {
    const { path, help, type, default: value } = specOf(key);
    if (path === null) continue;
    const found = at(schema, path);
    assertEquals(String(found["description"]).startsWith(help), true);
    assertEquals(found["default"], value === null ? undefined : type.toPlain(value));
  }
});

Deno.test("the schema knows bounds, choices and unknown keys", () => {
  const schema = configFileSchema(z);
  assertEquals(at(schema, "loadgen.concurrency")["minimum"], 1);
  assertEquals(at(schema, "loadgen.request_rate")["exclusiveMinimum"], 0);
  assertEquals(at(schema, "loadgen.arrival_pattern")["enum"], [
    "constant",
    "poisson",
    "gamma",
    "concurrency_burst",
  ]);
  assertEquals(at(schema, "loadgen")["additionalProperties"], false);
});
