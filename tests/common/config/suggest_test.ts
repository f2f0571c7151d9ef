import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { editDistance, nearest } from "../../../common/config/suggest.ts";

Deno.test("a typing error is one edit", () => {
  for (const typo of ["concurency", "concurrnecy", "conncurrency", "cincurrency"]) {
    assertEquals(editDistance(typo, "concurrency"), 1, typo);
  }
});

Deno.test("the nearest candidate is suggested, none when all are far", () => {
  const flags = ["--isl", "--osl", "--isl-stddev", "--request-rate"];
  assertEquals(nearest("--isl-stdev", flags), "--isl-stddev");
  assertEquals(nearest("--REQUEST-RATE", flags), "--request-rate");
  assertEquals(nearest("--something", flags), null);
  assertEquals(nearest("-x", ["-m", "-u"]), null);
  assertEquals(nearest("", flags), null);
});

Deno.test("a distance is symmetric, and zero only between equals", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    assertEquals(editDistance(a, b), editDistance(b, a));
    assertEquals(editDistance(a, b) === 0, a === b);
  }));
});
