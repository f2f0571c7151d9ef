import { assertEquals } from "@std/assert";
import { describeFileError } from "../../../common/runtime/file_error.ts";

const CASES: [error: unknown, words: string][] = [
  [new Deno.errors.NotFound("No such file or directory (os error 2): open 'x'"), "no such file"],
  [new Deno.errors.PermissionDenied("x"), "permission denied"],
  [new Deno.errors.IsADirectory("x"), "it is a folder"],
  [new Error("No space left on device (os error 28)"), "No space left on device"],
  [new Error("Too many open files (os error 24): open '/x'"), "Too many open files"],
  ["odd", "odd"],
];

for (const [error, words] of CASES) {
  Deno.test(`describeFileError() says: ${words}`, () =>
    assertEquals(describeFileError(error), words));
}
