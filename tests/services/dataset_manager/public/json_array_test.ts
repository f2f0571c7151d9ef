import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { arrayElements } from "../../../../services/dataset_manager/public/json_array.ts";

async function elements(chunks: readonly string[]): Promise<string[]> {
  async function* source() {
    yield* chunks;
  }
  return await Array.fromAsync(arrayElements(source()));
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const bounds = [0, ...at, text.length];
  return bounds.slice(1).map((end, i) => text.slice(bounds[i], end));
}

Deno.test("the elements are those of the array, wherever its text is cut", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
    fc.constantFrom(undefined, 2, "\t"),
    fc.array(fc.nat(), { maxLength: 8 }),
    async (values, indent, places) => {
      const text = JSON.stringify(values, null, indent);
      const found = await elements(cut(text, places));
      assertEquals(found.map((element) => JSON.parse(element)), JSON.parse(text));
    },
  ));
});

Deno.test("what stands around the array, and after it, does not matter", async () => {
  assertEquals(await elements(['\ufeff \n[ {"a": "]"} , 2 ]', " garbage"]), ['{"a": "]"}', "2"]);
  assertEquals(await elements(["[]"]), []);
});

Deno.test("what is no array, or none that ends, is refused", async () => {
  for (const text of ['{"a":[1]}', "1", '"["', "x[1]"]) {
    await assertRejects(() => elements([text]), SyntaxError, "is not a list");
  }
  for (const text of ["", "[1,", '[{"a":"', '["\\"]']) {
    await assertRejects(() => elements([text]), SyntaxError, "ends before it is complete");
  }
});

Deno.test("any text at all is either cut or refused", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: fc.constantFrom(...'[]{},":\\ 1a') })),
    async (chunks) => {
      await elements(chunks).catch((error) => assertEquals(error instanceof SyntaxError, true));
    },
  ));
});
