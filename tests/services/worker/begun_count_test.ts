import { assertEquals } from "@std/assert";
import { BegunCount } from "../../../services/worker/begun_count.ts";

Deno.test("requests that have begun are told of together, and each once", () => {
  const told: number[] = [];
  const begun = new BegunCount((count) => told.push(count));
  for (let i = 0; i < 63; i++) begun.note();
  assertEquals(told, []);
  for (let i = 63; i < 200; i++) begun.note();
  assertEquals(told, [64, 64, 64]);
});
