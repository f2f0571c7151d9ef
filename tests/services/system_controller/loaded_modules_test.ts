import { assert, assertEquals } from "@std/assert";
import type { ProgramGraph } from "../../../scripts/embedding.ts";

const ROOT = new URL("../../../", import.meta.url).href;

/** All that `--help` needs is loaded with it; the rest of the program is imported when it is used. */
const COMMAND_LINE = `${ROOT}services/system_controller/command_line.ts`;

/** What is loaded before a run's processes are started: by the controller, and by who starts workers. */
const STARTERS = ["services/system_controller/profile.ts", "services/worker_manager/service.ts"];

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

for (const path of STARTERS) {
  Deno.test(`${path} has processes started before the schemas of messages are built`, async () => {
    const loaded = loadedWith(`${ROOT}${path}`, await readGraph(`${ROOT}${path}`));
    assert(loaded.includes(`${ROOT}common/runtime/child_process.ts`));
    const schemas = [
      "common/comms/messages.ts",
      "common/model/record.ts",
      "common/model/report.ts",
    ];
    assertEquals(loaded.filter((one) => schemas.includes(one.slice(ROOT.length))), []);
  });
}
