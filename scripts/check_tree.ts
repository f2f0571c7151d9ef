/**
 * Checks the tree's import rules, exports, file names and file lengths: `deno task lint` runs it.
 * Exits with 1 and a line for each breach.
 */

import { exportedNames, findProblems, type SourceModule } from "./tree_rules.ts";

/** The part of `deno info --json` that is read here. */
interface ModuleGraph {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["common", "services", "scripts", "tests"];
/** Data that only looks like source. */
const SKIPPED = ["tests/fixtures", "tests/golden"];

if (import.meta.main) {
  const problems = findProblems(await readModules(sourceFiles()));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`error: ${problems.length} of the tree's rules broken`);
    Deno.exit(1);
  }
}

/** Every source file of the repository, from its root. */
function sourceFiles(): string[] {
  return [...filesIn(""), ...FOLDERS.flatMap((folder) => filesIn(folder, { deep: true }))];
}

function filesIn(folder: string, { deep = false } = {}): string[] {
  if (SKIPPED.includes(folder)) return [];
  const files: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory && deep) files.push(...filesIn(path, { deep }));
    if (entry.isFile && path.endsWith(".ts")) files.push(path);
  }
  return files;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(new URL(folder, ROOT))];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Resolves the imports of all `paths` with Deno's own resolver, which knows the import map. */
async function readModules(paths: string[]): Promise<SourceModule[]> {
  const graph = await moduleGraph(paths);
  const wanted = new Set(paths);
  return graph.modules.flatMap(({ specifier, dependencies }) => {
    const path = relative(specifier);
    if (path === undefined || !wanted.has(path)) return [];
    const imports = (dependencies ?? []).flatMap(({ code, type }) =>
      relative(code?.specifier ?? type?.specifier ?? "") ?? []
    );
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    const lines = text.split("\n").length - 1;
    return [{ path, imports, lines, exports: exportedNames(text), words: wordsOf(text) }];
  });
}

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/\w+/g));
}

async function moduleGraph(paths: string[]): Promise<ModuleGraph> {
  const all = await Deno.makeTempFile({ prefix: "aiperf_all_", suffix: ".ts" });
  try {
    const lines = paths.map((path) => `import ${JSON.stringify(new URL(path, ROOT).href)};\n`);
    await Deno.writeTextFile(all, lines.join(""));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--config", new URL("deno.json", ROOT).pathname, all],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("Cannot read the module graph: deno info failed");
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(all);
  }
}

function relative(specifier: string): string | undefined {
  return specifier.startsWith(ROOT.href) ? specifier.slice(ROOT.href.length) : undefined;
}
