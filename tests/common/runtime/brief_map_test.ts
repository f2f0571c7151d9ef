import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BriefMap } from "../../../common/runtime/brief_map.ts";

type Step = readonly ["set" | "delete" | "clear", key: number, value: string];

const STEP: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("set" as const, "set" as const, "delete" as const, "clear" as const),
  fc.integer({ min: 0, max: 5 }),
  fc.string(),
);

Deno.test("it is a map, whatever comes and goes, in the order in which it came", () => {
  fc.assert(fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
    const brief = new BriefMap<number, string>();
    const map = new Map<number, string>();
    for (const [step, key, value] of steps) {
      if (step === "set") {
        brief.set(key, value);
        map.set(key, value);
      } else if (step === "delete") assertEquals(brief.delete(key), map.delete(key));
      else if (key === 0) {
        brief.clear();
        map.clear();
      }
      assertEquals([brief.size, brief.get(key), brief.has(key)], [
        map.size,
        map.get(key),
        map.has(key),
      ]);
    }
    assertEquals([...brief], [...map]);
    assertEquals([...brief.values()], [...map.values()]);
  }));
});

Deno.test("who goes through it may remove what comes, and sees what is added meanwhile", () => {
  const brief = new BriefMap<number, string>();
  for (const key of [1, 2, 3]) brief.set(key, `${key}`);
  const seen: string[] = [];
  for (const value of brief.values()) {
    seen.push(value);
    brief.delete(Number(value));
    if (value === "1") brief.delete(2);
    if (value === "3") brief.set(4, "4");
  }
  assertEquals(seen, ["1", "3", "4"]);
  assertEquals(brief.size, 0);
});
