import { assertEquals } from "@std/assert";
import { generatedFiles } from "../../scripts/generate_docs.ts";

for (const [path, text] of generatedFiles()) {
  Deno.test(`${path} is current: deno task docs writes it`, async () => {
    assertEquals(await Deno.readTextFile(new URL(`../../${path}`, import.meta.url)), text);
  });
}
