import { assert, assertEquals } from "@std/assert";
import { ENDPOINT_TYPE_NAMES, endpointFacts } from "../../common/model/endpoint_types.ts";
import { compileBody } from "../../common/template/body_template.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = await Deno.readTextFile(new URL("docs/endpoints.md", ROOT));

Deno.test("the page of endpoint types lists each with its path and whether it streams", () => {
  const rows = [...PAGE.matchAll(/^\| `(\w+)` +\| (`\/[^`]*`|the URL itself) +\| (yes|no) /gm)]
    .map(([, type, path, streams]) => [type!, path!.replaceAll("`", ""), streams!]);
  const expected = ENDPOINT_TYPE_NAMES.map((type) => {
    const { path, canStream } = endpointFacts(type);
    return [type as string, path || "the URL itself", canStream ? "yes" : "no"];
  });
  assertEquals(rows.toSorted(), expected.toSorted());
});

Deno.test("what the page of endpoint types shows of the code is the code, and its links lead somewhere", async () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(PAGE)![1]!;
  const file = "services/worker/endpoints/hf_tei_rankings.ts";
  assert((await Deno.readTextFile(new URL(file, ROOT))).includes(shown), file);
  for (const [, path] of PAGE.matchAll(/\]\((\.\.\/[^)#]+)\)/g)) {
    await Deno.stat(new URL(path!, new URL("docs/", ROOT)));
  }
});

Deno.test("the page of endpoint types names every variable of a template", () => {
  const section = PAGE.slice(
    PAGE.indexOf("## An API of your own"),
    PAGE.indexOf("## Adding a type"),
  );
  const names = variablesIn(() => compileBody("{{ unknown }}"));
  assert(names.length > 15);
  for (const name of names) {
    const both = `\`${name.replace(/s$/, "")}(s)\``;
    assert(section.includes(`\`${name}\``) || section.includes(both), name);
  }
});

/** The names that the complaint about an unknown variable lists. */
function variablesIn(refused: () => unknown): string[] {
  try {
    refused();
  } catch (error) {
    return /there are (.*)$/.exec((error as Error).message)![1]!.split(", ");
  }
  throw new Error("an unknown variable was taken");
}
