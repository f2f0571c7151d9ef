import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv";
import fc from "fast-check";
import { csvFields } from "../../../../services/dataset_manager/formats/csv.ts";
import { FieldError } from "../../../../services/dataset_manager/formats/fields.ts";

const LINES: [line: string, fields: string[]][] = [
  ["", [""]],
  ["a", ["a"]],
  ["a,b,", ["a", "b", ""]],
  [",,", ["", "", ""]],
  ['""', [""]],
  ['"",a,""', ["", "a", ""]],
  ['"a,b",c', ["a,b", "c"]],
  ['"say ""hi"""', ['say "hi"']],
  ['""""', ['"']],
  ['a"b,c', ['a"b', "c"]],
];

for (const [line, fields] of LINES) {
  Deno.test(`the fields of the line ${JSON.stringify(line)}`, () => {
    assertEquals(csvFields(line), fields);
  });
}

Deno.test("whatever fields hold, a line of them is read as another reader reads it", () => {
  const field = fc.string({ unit: fc.constantFrom('"', ",", " ", "a", "é"), maxLength: 6 });
  fc.assert(fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
    const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");
    assertEquals(csvFields(line), fields);
    assertEquals((parse as (text: string) => unknown[])(line)[0], fields);
  }));
});

Deno.test("a line that breaks the quotes is refused in words", () => {
  for (
    const [line, message] of [
      ['"a', "has a quoted field that does not end"],
      ['"a""', "has a quoted field that does not end"],
      ['"a"b,c', "has text behind a quoted field"],
    ] as const
  ) {
    assertEquals(assertThrows(() => csvFields(line), FieldError).message, message);
  }
});
