import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { IntegerSet } from "../../../common/stats/integer_set.ts";

Deno.test("IntegerSet says whether an integer is new, as a Set would", () => {
  const integers = fc.oneof(fc.nat({ max: 200 }), fc.nat(), fc.maxSafeNat());
  fc.assert(fc.property(fc.array(integers, { maxLength: 300 }), (values) => {
    const set = new IntegerSet();
    const seen = new Set<number>();
    for (const value of values) {
      assertEquals(set.add(value), !seen.has(value));
      seen.add(value);
    }
    assertEquals(set.size, seen.size);
  }));
});

Deno.test("IntegerSet tells neighbours at the edges of words and pages apart", () => {
  const set = new IntegerSet();
  for (const value of [0, 31, 32, 63, 65_535, 65_536, Number.MAX_SAFE_INTEGER]) {
    assertEquals([set.add(value), set.add(value)], [true, false], `${value}`);
  }
  assertEquals(set.size, 7);
});
