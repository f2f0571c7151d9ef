import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  isDocument,
  readElements,
} from "../../../../services/dataset_manager/file/read_elements.ts";
import { memorySource } from "./memory_source.ts";

async function elementsOf(content: string, { readBytes = 7, maxLineBytes = 1e6 } = {}) {
  const elements: { text: string; offset: number; number: number; isTooLong: boolean }[] = [];
  await readElements(memorySource(content, { readBytes }), {
    maxLineBytes,
    onLine({ bytes, ...rest }) {
      elements.push({ text: new TextDecoder().decode(bytes), ...rest });
      return true;
    },
  });
  return elements;
}

Deno.test("only a file that is one object with a list data is a document", () => {
  const is = (text: string) => isDocument(new TextEncoder().encode(text));
  for (const text of ['{"data":[', '\uFEFF {\n "data" : [ {', '{"data":[]}']) {
    assertEquals(is(text), true);
  }
  for (const text of ['{"text":"a"}', '[{"data":[', '{"data":{', "", '{"data":"["}']) {
    assertEquals(is(text), false, text);
  }
});

Deno.test("elements are found whatever stands in their strings, and what follows is ignored", async () => {
  const content = '{"data":[\n{"a":"]}\\"{"},\n\n {"b":[{"c":1}]}], "data2":[{"d":1}]}\n{"e":1}';
  for (const readBytes of [1, 3, 1_000]) {
    assertEquals(await elementsOf(content, { readBytes }), [
      { text: '{"a":"]}\\"{"}', offset: 10, number: 2, isTooLong: false },
      { text: '{"b":[{"c":1}]}', offset: 27, number: 4, isTooLong: false },
    ]);
  }
});

Deno.test("an element that is too long is announced once", async () => {
  const content = `{"data":[{"a":"${"x".repeat(50)}"},{"b":1}]}`;
  for (const readBytes of [1, 5, 1_000]) {
    const found = await elementsOf(content, { readBytes, maxLineBytes: 10 });
    assertEquals(found.map(({ isTooLong }) => isTooLong), [true, false]);
    assertEquals(found[1]!.text, '{"b":1}');
  }
});

Deno.test("whatever the elements are, their texts are those that were written", async () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  const laidOut = fc.constantFrom(undefined, 2);
  await fc.assert(
    fc.asyncProperty(fc.array(object), laidOut, fc.integer({ min: 1, max: 9 }), async (
      data,
      space,
      readBytes,
    ) => {
      const content = JSON.stringify({ data }, null, space);
      const found = await elementsOf(content, { readBytes });
      assertEquals(
        found.map(({ text }) => JSON.parse(text)),
        JSON.parse(JSON.stringify(data)),
      );
      const bytes = new TextEncoder().encode(content);
      for (const { text, offset } of found) {
        const length = new TextEncoder().encode(text).length;
        assertEquals(new TextDecoder().decode(bytes.subarray(offset, offset + length)), text);
      }
    }),
  );
});
