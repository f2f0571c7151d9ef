import { assertEquals } from "@std/assert";
import { Replacements } from "../../../services/worker_manager/replacements.ts";

const MINUTE_NS = 60e9;

Deno.test("workers that die now and then are replaced as long as requests are answered", () => {
  const replacements = new Replacements();
  for (let i = 0; i < 100; i++) {
    assertEquals(replacements.take(i * MINUTE_NS, 2), true);
    replacements.noteUse();
  }
});

Deno.test("workers that are slow to die are not replaced for ever", () => {
  const replacements = new Replacements();
  const taken = Array.from({ length: 9 }, (_, i) => replacements.take(i * MINUTE_NS, 2));
  assertEquals(taken.filter((isTaken) => isTaken).length, 7);
});

Deno.test("workers that die in quick succession are not replaced, whatever they have done", () => {
  const replacements = new Replacements();
  const taken = Array.from({ length: 12 }, (_, i) => {
    replacements.noteUse();
    return replacements.take(i * 1e6, 32);
  });
  assertEquals(taken.indexOf(false), 10);
});
