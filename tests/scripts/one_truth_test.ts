import { assert, assertEquals } from "@std/assert";
import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";
import { AIPERF_VERSION } from "../../common/version.ts";
import manifest from "../../deno.json" with { type: "json" };

function read(path: string): string {
  return Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
}

const TASKS: Record<string, { description: string; command: string }> = manifest.tasks;

Deno.test("the version is the same in common/version.ts and deno.json", () => {
  assertEquals(AIPERF_VERSION, manifest.version);
});

Deno.test("the task start asks for the permissions of common/runtime/permissions.ts", () => {
  assertEquals(TASKS.start?.command, `deno run ${PERMISSION_FLAGS.join(" ")} main.ts`);
});

Deno.test("the task install makes a command with the same permissions", () => {
  const command = TASKS.install?.command ?? "";
  assert(command.startsWith("deno install --global "), command);
  assert(command.endsWith(` --config deno.json ${PERMISSION_FLAGS.join(" ")} main.ts`), command);
});

Deno.test("no other task names the program's permissions, and only tests may do anything", () => {
  for (const [name, { command }] of Object.entries(TASKS)) {
    assertEquals(command.includes("--allow-net"), ["start", "install"].includes(name), name);
    if (!/deno test|tests\//.test(command)) assert(!/ -A\b/.test(command), name);
  }
});

Deno.test("every task says what it is for", () => {
  for (const [name, { description }] of Object.entries(TASKS)) assert(description !== "", name);
});

Deno.test("coverage runs the tests that test:unit runs", () => {
  const added = "--clean --coverage=coverage ";
  assertEquals(TASKS.coverage?.command.replace(added, ""), TASKS["test:unit"]?.command);
});

/** Every place that names a version of Deno. */
const DENO_VERSIONS: [path: string, pattern: RegExp][] = [
  [".ci/run", /^readonly DENO_VERSION=(.*)$/gm],
  ["Dockerfile", /^ARG DENO_VERSION=(.*)$/gm],
  [".devcontainer/devcontainer.json", /deno@([\d.]+)/g],
  [".github/workflows/release.yml", /deno@([\d.]+)/g],
];

Deno.test("every file that installs Deno installs the same version", () => {
  const expected = [...read(".ci/run").matchAll(DENO_VERSIONS[0]![1])][0]?.[1];
  for (const [path, pattern] of DENO_VERSIONS) {
    const found = [...read(path).matchAll(pattern)].map(([, version]) => version);
    assert(found.length > 0, path);
    assertEquals(new Set(found), new Set([expected]), path);
  }
});

Deno.test("every action in the workflows is pinned to a commit", () => {
  for (const path of [".github/workflows/test.yml", ".github/workflows/release.yml"]) {
    const uses = [...read(path).matchAll(/uses: (.*)/g)].map(([, action]) => action!);
    assert(uses.length > 0, path);
    for (const action of uses) assert(/@[0-9a-f]{40} # v[\d.]+$/.test(action), action);
  }
});
