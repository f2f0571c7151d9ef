import { assertEquals } from "@std/assert";
import { LookNotes } from "../../../../services/dataset_manager/file/look_notes.ts";

Deno.test("a look that takes long is told of twice a second, a short one not at all", () => {
  let nowMs = 100;
  const told: (readonly [number, number])[] = [];
  const notes = new LookNotes(
    { file: "a.jsonl", size: 1_000 },
    ({ file, share }) => told.push([nowMs, share]) && assertEquals(file, "a.jsonl"),
    () => nowMs,
  );
  for (let bytes = 0; bytes < 1_400; bytes += 100, nowMs += 100) notes.note(bytes);
  // It has grown meanwhile.
  assertEquals(told, [[600, 0.5], [1_100, 1]]);
});
