import { assertEquals } from "@std/assert";
import { judge, type MemorySample } from "./soak_growth.ts";

/** A process that has this memory at each tenth of a run. */
function process(mibAt: (tenth: number) => number, service = "worker"): MemorySample[] {
  return Array.from({ length: 11 }, (_, tenth) => ({
    pid: 1,
    service,
    rssBytes: mibAt(tenth) * 1024 * 1024,
    progress: tenth / 10,
  }));
}

function isFlat(mibAt: (tenth: number) => number): boolean {
  return judge(process(mibAt), 100_000)[0]!.isFlat;
}

Deno.test("memory is flat when it grows in the first tenth only, or a little", () => {
  assertEquals(isFlat((tenth) => tenth === 0 ? 40 : 100), true);
  assertEquals(isFlat((tenth) => 100 + tenth), true);
  assertEquals(isFlat((tenth) => 100 + (tenth % 2) * 50), true);
});

Deno.test("memory that grows with the work is not flat", () => {
  assertEquals(isFlat((tenth) => 50 + 5 * tenth), false);
  assertEquals(isFlat((tenth) => 200 + 8 * tenth), false);
});

Deno.test("of a process that was seen at the end only, nobody can say that it is flat", () => {
  assertEquals(judge(process(() => 50).slice(8), 1)[0]!.isFlat, false);
});

Deno.test("the instants by which the load is proved are no growth", () => {
  const samples = process((tenth) => 100 + 5 * tenth, "post_processor_manager");
  assertEquals(judge(samples, 1_000_000)[0]!.isFlat, true);
  assertEquals(judge(samples, 100_000)[0]!.isFlat, false);
});
