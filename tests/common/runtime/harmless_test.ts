import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { harmless } from "../../../common/runtime/harmless.ts";

const CASES: [what: string, text: string, shown: string][] = [
  ["a colour", "\x1b[31mred", "\ufffd[31mred"],
  ["a title", "\x1b]0;owned\x07", "\ufffd]0;owned\ufffd"],
  ["an eight-bit sequence", "\x9b2J", "\ufffd2J"],
  ["a way back", "good\rbad\b", "good bad\ufffd"],
  ["line ends and tabs", "a\r\n\tb", "a b"],
  ["text that is turned around", "a\u202eb\u2066c", "a\ufffdb\ufffdc"],
  ["a line separator", "a\u2028b", "a\ufffdb"],
  ["plain words in any script", "naïve 日本 🚀 ~", "naïve 日本 🚀 ~"],
];

for (const [what, text, shown] of CASES) {
  Deno.test(`harmless() takes what it does from ${what}`, () =>
    assertEquals(harmless(text), shown));
}

Deno.test("harmless() leaves nothing that a terminal would act upon", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert(!/[\p{Cc}]/u.test(harmless(text)));
    assertEquals(harmless(harmless(text)), harmless(text));
  }));
});
