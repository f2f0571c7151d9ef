import { assertEquals } from "@std/assert";
import plugin from "../../scripts/lint_plugin.ts";

/** The messages of the house rules for a file with this text. */
function lint(text: string, path = "common/stats/summary.ts"): string[] {
  return Deno.lint.runPlugin(plugin, path, text).map((diagnostic) => diagnostic.message);
}

const WORLD = [
  ["Deno.pid", "Deno.pid"],
  ["console.log(1)", "console.log"],
  ["Date.now()", "Date.now"],
  ["Math.random()", "Math.random"],
  ["fetch('u')", "fetch()"],
  ["setTimeout(f, 1)", "setTimeout()"],
  ["new Date()", "new Date()"],
] as const;

Deno.test("no-world reports I/O, clocks and chance in a file that computes", () => {
  for (const [expression, name] of WORLD) {
    assertEquals(lint(`export const x = ${expression};`), [
      `${name} outside the files that do I/O`,
    ]);
  }
});

Deno.test("no-world leaves the files alone whose job is I/O", () => {
  const paths = [
    "main.ts",
    "services/worker/service.ts",
    "common/runtime/clock.ts",
    "common/comms/unix_transport.ts",
    "scripts/compile.ts",
    "tests/e2e/run_test.ts",
  ];
  for (const path of paths) assertEquals(lint("export const x = Deno.pid;", path), []);
  assertEquals(lint("Deno.pid;", "services/worker/not_service.ts").length, 1);
});

Deno.test("no-world accepts what is passed in under the same name", () => {
  assertEquals(lint("export function f(fetch: () => void) { fetch(); }"), []);
  assertEquals(lint("export function f({ console }: Deps) { console.log(1); }"), []);
  assertEquals(lint("export function f(deps: Deps) { deps.fetch(); deps.console.log(1); }"), []);
});

Deno.test("no-world accepts types and dates that are given", () => {
  assertEquals(lint("export type C = Deno.Conn;"), []);
  assertEquals(lint("export const d = new Date(0);"), []);
  assertEquals(lint("export const y = Math.max(1, 2);"), []);
});

const SHAPE: [rule: string, bad: string, good: string][] = [
  ["camel-case", "const a_b = 1;", "const aB = { a_b: 1 }, A_B = 1, _ = 1;"],
  ["camel-case", "export function a_b() {}", "export function aB() {}"],
  ["camel-case", "export function f(a_b: number) { return a_b; }", "export type T = { a_b: 1 };"],
  ["no-private-keyword", "export class A { private x = 1; }", "export class A { #x = 1; }"],
  ["no-private-keyword", "export class A { private f() {} }", "export class A { #f() {} }"],
  ["no-top-level-arrow", "export const f = () => 1;", "export function f() { return 1; }"],
  ["no-top-level-arrow", "const f = () => 1;", "function g() { const f = () => 1; return f; }"],
  ["no-enum", "export enum E { A }", "export type E = 'a';"],
  ["no-default-export", "export default class A {}", "export class A {}"],
  ["no-reexport", "export * from './a.ts';", "import { a } from './a.ts'; a();"],
  ["no-reexport", "export { a } from './a.ts';", "const a = 1; export { a };"],
  ["literal-import", "import('./a' + 1);", "import('./a.ts');"],
  ["bounded-wait", "await a.channel.closed;", "await atMost(clock, 5, a.channel.closed);"],
  ["bounded-wait", "await child.exited;", "void child.exited;"],
  ["bounded-wait", "peer.request(command, Infinity);", "peer.request(command, LIMIT_MS);"],
  ["no-literal-accessor", "f({ get a() { return b; } });", "f({ a: () => b, get: 1, c() {} });"],
  ["no-literal-accessor", "f({ set a(b) {} });", "class A { get a() { return 1; } }"],
];

Deno.test("each rule of shape reports what it forbids and accepts what it asks for", () => {
  for (const [rule, bad, good] of SHAPE) {
    const found = Deno.lint.runPlugin(plugin, "common/a.ts", bad).map(({ id }) => id);
    assertEquals(found, [`aiperf/${rule}`], bad);
    assertEquals(Deno.lint.runPlugin(plugin, "common/a.ts", good), [], good);
  }
});
