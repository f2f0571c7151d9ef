import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  oneLine,
  pad,
  truncate,
  widthOf,
  wrap,
} from "../../../../services/post_processor_manager/exporters/plain_text.ts";

const texts = fc.string({ unit: "grapheme-composite" }).map(oneLine);

Deno.test("widthOf counts columns: two for wide characters, none for combining ones", () => {
  assertEquals(["abc", "é", "e\u0301", "日本", "🙂", "…", ""].map(widthOf), [3, 1, 1, 4, 2, 1, 0]);
});

Deno.test("truncate keeps what fits and marks a cut", () => {
  assertEquals(truncate("abcdef", 6), "abcdef");
  assertEquals(truncate("abcdef", 4), "abc…");
  assertEquals(truncate("日本語", 4), "日…");
  fc.assert(fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
    assert(widthOf(truncate(text, width)) <= width);
  }));
});

Deno.test("wrap breaks between words, or in a word that is longer than a line", () => {
  assertEquals(wrap("Output Tokens (tokens/sec/user)", 14), [
    "Output Tokens",
    "(tokens/sec/us",
    "er)",
  ]);
  fc.assert(fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
    const lines = wrap(text, width);
    assert(lines.every((line) => widthOf(line) <= width));
    assertEquals(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }));
});

Deno.test("pad fills up to the width on either side and never cuts", () => {
  assertEquals([pad("ab", 4), pad("ab", 4, "right"), pad("abc", 2)], ["ab  ", "  ab", "abc"]);
});
