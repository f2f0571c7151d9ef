import { assertEquals, assertThrows } from "@std/assert";
import { findMissing, type ProgramGraph, programParts } from "../../scripts/embedding.ts";

const GRAPH: ProgramGraph = {
  roots: ["file:///p/main.ts"],
  modules: [
    {
      specifier: "file:///p/main.ts",
      local: "/p/main.ts",
      dependencies: [
        { code: { specifier: "file:///p/a.ts" } },
        { code: { specifier: "npm:x@1/sub" } },
        {},
      ],
    },
    {
      specifier: "file:///p/a.ts",
      local: "/p/a.ts",
      dependencies: [{ code: { specifier: "file:///p/main.ts" } }],
    },
    { specifier: "file:///p/types.ts", local: "/p/types.ts" },
    { specifier: "npm:/x@1.0.0/sub", npmPackage: "x@1.0.0" },
  ],
  redirects: { "npm:x@1/sub": "npm:/x@1.0.0/sub" },
  npmPackages: {
    "x@1.0.0": { localPath: "/npm/x", dependencies: ["y@2.0.0"] },
    "y@2.0.0": { localPath: "/npm/y", dependencies: ["x@1.0.0"] },
    "test-only@3.0.0": { localPath: "/npm/test-only", dependencies: [] },
  },
};

Deno.test("programParts() follows code, not types, and packages to their own packages", () => {
  assertEquals(programParts(GRAPH), {
    files: ["/p/main.ts", "/p/a.ts"],
    packages: ["/npm/x", "/npm/y"],
  });
});

Deno.test("programParts() fails on a module that is not there", () => {
  const [main] = GRAPH.modules;
  assertThrows(
    () => programParts({ ...GRAPH, modules: [main!] }),
    Error,
    "Cannot resolve file:///p/a.ts: not in the graph",
  );
});

Deno.test("findMissing() names the files whose bytes are not in the binary", () => {
  const binary = new Uint8Array([0, 255, 128, 1, 2, 3, 159, 0]);
  const files = [
    { name: "start", bytes: new Uint8Array([0, 255, 128]) },
    { name: "end", bytes: new Uint8Array([3, 159, 0]) },
    { name: "other order", bytes: new Uint8Array([2, 1]) },
    { name: "cut off", bytes: new Uint8Array([159, 0, 7]) },
  ];
  assertEquals(findMissing(binary, files), ["other order", "cut off"]);
});

Deno.test("findMissing() looks at its part of a shared buffer only", () => {
  const whole = new Uint8Array([1, 2, 3, 4]);
  assertEquals(findMissing(whole.subarray(0, 2), [{ name: "a", bytes: whole.subarray(2) }]), ["a"]);
});
