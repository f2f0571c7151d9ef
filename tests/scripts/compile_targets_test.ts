import { assertEquals, assertThrows } from "@std/assert";
import {
  checksumLine,
  COMPILE_TARGETS,
  lacksRuntime,
  parseCompileArgs,
} from "../../scripts/compile_targets.ts";

const HOST = { triple: "x86_64-unknown-linux-gnu", ownRuntime: false };

function namesOf(args: string[], host = HOST): string[] {
  return parseCompileArgs(args, host).targets.map(({ name }) => name);
}

Deno.test("parseCompileArgs() builds every target unless told otherwise", () => {
  assertEquals(parseCompileArgs([], HOST), {
    targets: COMPILE_TARGETS,
    output: "dist",
    archive: true,
  });
});

Deno.test("parseCompileArgs() builds for this machine only if it has a runtime of its own", () => {
  assertEquals(namesOf([], { ...HOST, ownRuntime: true }), ["linux-x86_64"]);
});

Deno.test("parseCompileArgs() takes a target's name, its triple, host, and each once", () => {
  const args = ["--target", "macos-aarch64", "--target=x86_64-apple-darwin", "--target", "host"];
  assertEquals(namesOf([...args, "--target", "linux-x86_64"]), [
    "macos-aarch64",
    "macos-x86_64",
    "linux-x86_64",
  ]);
});

Deno.test("parseCompileArgs() takes a folder, and no archives", () => {
  const plan = parseCompileArgs(["--output", "/out", "--no-archive"], HOST);
  assertEquals([plan.output, plan.archive], ["/out", false]);
});

const BAD: [args: string[], message: string][] = [
  [["--target", "windows"], 'Cannot build for "windows": the targets are linux-x86_64, '],
  [["--target"], "--target needs a value"],
  [["--traget", "host"], 'Unknown argument "--traget"'],
];

Deno.test("parseCompileArgs() says what is wrong with its arguments", () => {
  for (const [args, message] of BAD) {
    assertThrows(() => parseCompileArgs(args, HOST), SyntaxError, message);
  }
});

Deno.test("parseCompileArgs() refuses one runtime for several platforms", () => {
  assertThrows(
    () => parseCompileArgs(["--target", "all"], { ...HOST, ownRuntime: true }),
    SyntaxError,
    "DENORT_BIN is the runtime of one platform: name one --target",
  );
});

Deno.test("checksumLine() is what sha256sum prints for the same bytes", async () => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc"));
  assertEquals(
    checksumLine(digest, "abc.tar.gz"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc.tar.gz\n",
  );
});

Deno.test("lacksRuntime() tells a missing runtime from a program that does not compile", () => {
  const offline =
    "error: Writing deno compile executable\n\nCaused by:\n    0: Setting up base binary.";
  assertEquals(lacksRuntime(offline), true);
  assertEquals(lacksRuntime("error: Module not found file:///a.ts"), false);
});
