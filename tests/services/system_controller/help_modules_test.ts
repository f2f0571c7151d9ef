import { assert, assertEquals } from "@std/assert";
import type { ProgramGraph } from "../../../scripts/embedding.ts";

const ROOT = new URL("../../../", import.meta.url).href;

/** All that `--help` needs is loaded with it; the rest of the program is imported when it is used. */
const COMMAND_LINE = `${ROOT}services/system_controller/command_line.ts`;

async function readGraph(path: string): Promise<ProgramGraph> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    stderr: "inherit",
  }).output();
  assert(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** What is loaded with a module: everything that it imports, but for types and `import()`. */
function loadedWith(start: string, { modules, redirects }: ProgramGraph): string[] {
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  // A set that grows while it is walked visits what is added.
  const loaded = new Set([start]);
  for (const specifier of loaded) {
    const module = bySpecifier.get(redirects[specifier] ?? specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code?.specifier !== undefined && !isDynamic) loaded.add(code.specifier);
    }
  }
  return [...loaded];
}

Deno.test("--help loads no package", async () => {
  const loaded = loadedWith(COMMAND_LINE, await readGraph(COMMAND_LINE));
  assert(loaded.includes(`${ROOT}common/config/option_table.ts`));
  assertEquals(loaded.filter((specifier) => !specifier.startsWith(ROOT)), []);
});
