import { assertEquals } from "@std/assert";
import {
  areaOf,
  exportedNames,
  findCycles,
  findProblems,
  type SourceModule,
} from "../../scripts/tree_rules.ts";

function sourceModule(path: string, imports: string[] = [], lines = 10): SourceModule {
  return { path, imports, lines, exports: [], words: new Set() };
}

Deno.test("areaOf() tells the services apart, and files that are directly in services/", () => {
  assertEquals(areaOf("main.ts"), "main");
  assertEquals(areaOf("common/model/credit.ts"), "common");
  assertEquals(areaOf("common/version.ts"), "common");
  assertEquals(areaOf("services/service_factory.ts"), "services");
  assertEquals(areaOf("services/worker/endpoints/chat.ts"), "services/worker");
  assertEquals(areaOf("tests/helpers/fake_clock.ts"), "tests");
});

const ALLOWED: [from: string, to: string][] = [
  ["main.ts", "services/service_factory.ts"],
  ["main.ts", "common/version.ts"],
  ["common/comms/frame.ts", "common/model/credit.ts"],
  ["services/worker/service.ts", "services/worker/sse.ts"],
  ["services/worker/service.ts", "common/service/base_service.ts"],
  ["services/service_factory.ts", "services/worker/service.ts"],
  ["scripts/compile.ts", "common/version.ts"],
  ["tests/scripts/compile_test.ts", "scripts/compile.ts"],
  ["tests/e2e/run_test.ts", "services/worker/sse.ts"],
];

const FORBIDDEN: [from: string, to: string, reason: string][] = [
  ["common/a.ts", "services/worker/sse.ts", "common/ knows nothing of services/"],
  ["common/a.ts", "services/service_factory.ts", "common/ knows nothing of services/"],
  ["common/a.ts", "main.ts", "main.ts is where everything starts"],
  ["services/worker/a.ts", "services/timing_manager/b.ts", "services meet in common/ only"],
  ["services/worker/a.ts", "services/service_factory.ts", "only main.ts knows the service factory"],
  ["services/other.ts", "services/worker/a.ts", "services meet in common/ only"],
  ["services/worker/a.ts", "tests/helpers/a.ts", "nothing but a test imports tests/"],
  ["scripts/a.ts", "tests/helpers/a.ts", "nothing but a test imports tests/"],
  ["main.ts", "scripts/compile.ts", "scripts/ is not part of the program"],
  ["common/a.ts", "scripts/compile.ts", "scripts/ is not part of the program"],
];

Deno.test("findProblems() accepts every import that the layout allows", () => {
  for (const [from, to] of ALLOWED) assertEquals(findProblems([sourceModule(from, [to])]), []);
});

Deno.test("findProblems() names both files and the reason of an import that is forbidden", () => {
  for (const [from, to, reason] of FORBIDDEN) {
    assertEquals(findProblems([sourceModule(from, [to])]), [
      `${from}: must not import ${to}: ${reason}`,
    ]);
  }
});

Deno.test("findProblems() allows 400 lines and not one more", () => {
  assertEquals(findProblems([sourceModule("common/a.ts", [], 400)]), []);
  assertEquals(findProblems([sourceModule("common/a.ts", [], 401)]), [
    "common/a.ts: has 401 lines; split it, 400 is the most",
  ]);
});

Deno.test("findProblems() wants file names in snake_case", () => {
  const bad = [
    "common/camelCase.ts",
    "common/kebab-case.ts",
    "common/_private.ts",
    "common/a.b.ts",
  ];
  assertEquals(
    findProblems(bad.map((path) => sourceModule(path))),
    bad.map((path) => `${path}: its name is not in snake_case`).sort(),
  );
  assertEquals(findProblems([sourceModule("common/tree_rules2_test.ts")]), []);
});

Deno.test("findProblems() shows an import circle as the way round", () => {
  const modules = [
    sourceModule("common/c.ts", ["common/a.ts"]),
    sourceModule("common/b.ts", ["common/c.ts"]),
    sourceModule("common/a.ts", ["common/b.ts"]),
  ];
  assertEquals(findProblems(modules), [
    "common/a.ts: imports itself in a circle: common/a.ts → common/b.ts → common/c.ts → common/a.ts",
  ]);
});

Deno.test("findProblems() wants what a file exports to be used by a file that imports it", () => {
  const exporting = { ...sourceModule("common/a.ts"), exports: ["run", "stop"] };
  const user = { ...sourceModule("common/b.ts", ["common/a.ts"]), words: new Set(["run"]) };
  const namesake = { ...sourceModule("common/c.ts"), words: new Set(["stop"]) };
  assertEquals(findProblems([exporting, user, namesake]), [
    "common/a.ts: exports stop, which no other file uses",
  ]);
});

Deno.test("exportedNames() finds functions, classes and constants, but no types and no sample texts", () => {
  const source = [
    "export const LIMIT_MS = 5;",
    "export async function run() {}",
    "export function* walk() {}",
    "export abstract class Base {}",
    "export interface Shape {}",
    "function inner() {}",
    "const sample = `a \\` b",
    "export const TEXT = 1;",
    "`;",
    "export class Last {}",
  ];
  assertEquals(exportedNames(source.join("\n")), ["LIMIT_MS", "run", "walk", "Base", "Last"]);
});

function cyclesOf(graph: Record<string, string[]>): string[] {
  return findCycles(new Map(Object.entries(graph))).map((cycle) => cycle.join("")).sort();
}

Deno.test("findCycles() finds nothing where two ways lead to the same file", () => {
  assertEquals(cyclesOf({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }), []);
});

Deno.test("findCycles() finds a file that imports itself", () => {
  assertEquals(cyclesOf({ a: ["a"] }), ["aa"]);
});

Deno.test("findCycles() reports each knot once, by its shortest way round", () => {
  const graph = { a: ["b"], b: ["c", "a"], c: ["a"], d: ["e", "a"], e: ["d"] };
  assertEquals(cyclesOf(graph), ["aba", "ded"]);
});

Deno.test("findCycles() is not confused by files outside the graph", () => {
  assertEquals(cyclesOf({ a: ["x"], b: ["x", "a"] }), []);
});
