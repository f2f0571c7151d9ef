import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { Column } from "../../../common/stats/column.ts";

function columnOf(values: Iterable<number>): Column {
  const column = new Column();
  for (const value of values) column.push(value);
  return column;
}

Deno.test("Column holds any finite numbers in the order in which they came", () => {
  const numbers = fc.oneof(
    fc.nat(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
  );
  fc.assert(fc.property(fc.array(numbers, { maxLength: 1500 }), (values) => {
    const column = columnOf(values);
    assertEquals(column.length, values.length);
    assertEquals([...column.toArray()], values.map((value) => value === 0 ? 0 : value));
  }));
});

Deno.test("Column keeps small integers in four bytes and widens for anything else", () => {
  assert(columnOf([0, 1, 2 ** 32 - 1]).toArray() instanceof Uint32Array);
  for (const wide of [2 ** 32, -1, 0.5, 2 ** 53]) {
    const all = columnOf([7, wide, 8]).toArray();
    assert(all instanceof Float64Array);
    assertEquals([...all], [7, wide, 8]);
  }
});

Deno.test("Column keeps hundreds of thousands of numbers over many chunks", () => {
  const column = new Column();
  for (let i = 0; i < 300_000; i++) column.push(i === 200_000 ? 0.25 : i);
  const all = column.toArray();
  assertEquals(column.length, 300_000);
  assertEquals([all[0], all[199_999], all[200_000], all[299_999]], [0, 199_999, 0.25, 299_999]);
});

Deno.test("Column is untouched by what is done to a copy", () => {
  const column = columnOf([3, 1, 2]);
  column.toArray().sort();
  assertEquals([...column.toArray()], [3, 1, 2]);
});

Deno.test("Column refuses what is not finite", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(
      () => columnOf([1, value]),
      RangeError,
      `Cannot add to the column: the value must be finite, got ${value}`,
    );
    assertThrows(() => columnOf([0.5, value]), RangeError);
  }
});
