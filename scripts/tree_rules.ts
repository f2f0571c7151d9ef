/** What the rules look at: one source file of the repository. */
export interface SourceModule {
  /** From the repository's root, with forward slashes: `services/worker/service.ts`. */
  path: string;
  /** How many lines it has. */
  lines: number;
  /** The paths of the repository's files that it imports, by types or by `import()` too. */
  imports: readonly string[];
  /** The functions, classes and constants that it exports. */
  exports: readonly string[];
  /** Every word in it. */
  words: ReadonlySet<string>;
}

/** The longest that a source file may be, in lines. */
const MAX_LINES = 400;

const SNAKE_CASE_REGEXP = /^[a-z0-9]+(_[a-z0-9]+)*\.ts$/;
const SERVICE_FACTORY = "services/service_factory.ts";

/** Every breach of the tree's rules, as `path: what is wrong`, in the order of the paths. */
export function findProblems(modules: readonly SourceModule[]): string[] {
  const problems = modules.flatMap((module) => [
    ...shapeProblems(module),
    ...module.imports.flatMap((to) => importProblem(module.path, to) ?? []),
  ]);
  problems.push(...unusedExports(modules));
  const graph = new Map(modules.map(({ path, imports }) => [path, imports]));
  for (const cycle of findCycles(graph)) {
    problems.push(`${cycle[0]}: imports itself in a circle: ${cycle.join(" → ")}`);
  }
  return problems.sort();
}

function shapeProblems({ path, lines }: SourceModule): string[] {
  const problems: string[] = [];
  if (lines > MAX_LINES) {
    problems.push(`${path}: has ${lines} lines; split it, ${MAX_LINES} is the most`);
  }
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!SNAKE_CASE_REGEXP.test(name)) {
    problems.push(`${path}: its name is not in snake_case`);
  }
  return problems;
}

function importProblem(from: string, to: string): string | undefined {
  const reason = forbidden(areaOf(from), areaOf(to), from);
  return reason === undefined ? undefined : `${from}: must not import ${to}: ${reason}`;
}

/**
 * The functions, classes and constants that a formatted source exports: each at the start of a line,
 * and not inside a text that has several.
 */
export function exportedNames(source: string): string[] {
  const code = source.replaceAll(/`(?:\\.|[^`\\])*`/gs, "``");
  const exported = /^export (?:abstract |async )*(?:function\*?|class|const|let) (\w+)/gm;
  return [...code.matchAll(exported)].map(([, name]) => name!);
}

/** Types may stand alone: the shape of a parameter is for whoever reads the function it belongs to. */
function unusedExports(modules: readonly SourceModule[]): string[] {
  const users = new Map<string, SourceModule[]>();
  for (const module of modules) {
    for (const to of module.imports) users.set(to, [...users.get(to) ?? [], module]);
  }
  return modules.flatMap(({ path, exports }) =>
    exports
      .filter((name) => !(users.get(path) ?? []).some(({ words }) => words.has(name)))
      .map((name) => `${path}: exports ${name}, which no other file uses`)
  );
}

/**
 * The part of the tree that a path is in: `common`, `services/<name>`, `services` (a file directly
 * in that folder), `scripts`, `tests`, or `main` for a file at the root.
 */
export function areaOf(path: string): string {
  const [top, second, third] = path.split("/");
  if (second === undefined || top === undefined) return "main";
  if (top === "services" && third !== undefined) return `services/${second}`;
  return top;
}

function forbidden(from: string, to: string, fromPath: string): string | undefined {
  if (from === to || from === "tests") return undefined;
  if (to === "tests") return "nothing but a test imports tests/";
  if (from === "scripts") return undefined;
  if (to === "scripts") return "scripts/ is not part of the program";
  if (from === "main") return undefined;
  if (to === "common") return undefined;
  if (to === "main") return "main.ts is where everything starts";
  if (from === "common") return "common/ knows nothing of services/";
  if (fromPath === SERVICE_FACTORY) return undefined;
  return to === "services"
    ? "only main.ts knows the service factory"
    : "services meet in common/ only";
}

/** The circles in a graph of imports: one for each knot, as a closed walk `[a, b, …, a]`. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  return knots(graph).map((knot) => shortestCircle(graph, knot));
}

/** The sets of two or more modules that all reach each other, and modules that import themselves. */
function knots(graph: ReadonlyMap<string, readonly string[]>): Set<string>[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: Set<string>[] = [];

  // Tarjan's algorithm: `low` is the earliest open module that can be reached.
  function visit(node: string): void {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== own) return;
    const knot = new Set(open.splice(open.indexOf(node)));
    if (knot.size > 1 || graph.get(node)?.includes(node)) found.push(knot);
  }

  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** The shortest way from the knot's first name back to itself, by breadth-first search. */
function shortestCircle(
  graph: ReadonlyMap<string, readonly string[]>,
  knot: ReadonlySet<string>,
): string[] {
  const start = [...knot].sort()[0]!;
  let paths = [[start]];
  const seen = new Set<string>();
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of graph.get(path.at(-1)!) ?? []) {
        if (next === start) return [...path, start];
        if (!knot.has(next) || seen.has(next)) continue;
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return [start];
}
