import { assertEquals } from "@std/assert";
import { OutlineStore, SINGLE_TURNS } from "../../../services/timing_manager/outlines.ts";
import { pausing } from "../../helpers/fake_phase.ts";

function store(entries: number) {
  const asked: [number, number][] = [];
  const outlines = new OutlineStore({
    entries: () => entries,
    fetch: (first, count) => {
      asked.push([first, count]);
      const made = Array.from({ length: count }, (_outline, i) => ({
        index: first + i,
        turns: pausing(first + i),
      }));
      return Promise.resolve(made);
    },
  });
  return { outlines, asked };
}

Deno.test("outlines come in pages, each asked for once", async () => {
  const { outlines, asked } = store(1_300);
  assertEquals(outlines.turnsOf(600), null);
  await Promise.all([outlines.load(600), outlines.load(1_023), outlines.load(1_299)]);
  await outlines.load(700);
  assertEquals(asked, [[512, 512], [1_024, 276]]);
  assertEquals(outlines.turnsOf(600), pausing(600));
  assertEquals(outlines.turnsOf(0), null);
});

Deno.test("all outlines can be asked for", async () => {
  const { outlines, asked } = store(1_025);
  await outlines.loadAll();
  assertEquals(asked, [[0, 512], [512, 512], [1_024, 1]]);
  assertEquals(outlines.turnsOf(1_024), pausing(1_024));
});

Deno.test("of single turns nothing is asked", async () => {
  await SINGLE_TURNS.load(5);
  assertEquals(SINGLE_TURNS.turnsOf(1e9), [{ delayMs: null, timestampMs: null }]);
});
