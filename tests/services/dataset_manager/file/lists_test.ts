import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { IdTable } from "../../../../services/dataset_manager/file/id_table.ts";
import { NumberList } from "../../../../services/dataset_manager/file/number_list.ts";

Deno.test("a list of numbers holds what was put into it, over many chunks", () => {
  const counts = new NumberList("count");
  const doubles = new NumberList("double");
  for (let i = 0; i < 200_000; i++) {
    counts.push(i);
    doubles.push(i % 3 === 0 ? NaN : i / 4);
  }
  assertEquals([counts.length, doubles.length], [200_000, 200_000]);
  assertEquals([0, 65_535, 65_536, 199_999].map((i) => counts.at(i)), [0, 65_535, 65_536, 199_999]);
  assertEquals([3, 65_537, 199_999].map((i) => doubles.at(i)), [NaN, 65_537 / 4, 199_999 / 4]);
  counts.set(70_000, 2 ** 32 - 1);
  assertEquals(counts.at(70_000), 2 ** 32 - 1);
});

Deno.test("a table of names is a map, however many there are", () => {
  const entries = fc.array(fc.tuple(fc.string(), fc.nat(1_000)));
  fc.assert(fc.property(entries, (pairs) => {
    const [table, map] = [new IdTable(), new Map<string, number>()];
    for (const [name, value] of pairs) {
      table.set(name, value);
      map.set(name, value);
    }
    assertEquals(table.size, map.size);
    for (const [name] of pairs) assertEquals(table.get(name), map.get(name));
    assertEquals(table.get("\0 not there"), undefined);
  }));
});

Deno.test("a hundred thousand names that look alike are told apart", () => {
  const table = new IdTable();
  for (let i = 0; i < 100_000; i++) table.set(`session-${i}`, i);
  assertEquals(table.size, 100_000);
  for (let i = 0; i < 100_000; i++) {
    if (table.get(`session-${i}`) !== i) throw new Error(`session-${i}`);
  }
});
