import { assertEquals } from "@std/assert";
import { faultsPage, PAGE_PATH } from "./faults_page.ts";

/** A page without what differs from pass to pass. */
function shapeOf(page: string): string {
  return page.replace(/(?<=\| )[\d.]+(?= \|)/g, "N");
}

Deno.test("the page of faults has a line for each case of the table; deno task test:faults writes it", async () => {
  const page = await Deno.readTextFile(new URL(`../../${PAGE_PATH}`, import.meta.url));
  assertEquals(shapeOf(page), shapeOf(faultsPage([])));
});
