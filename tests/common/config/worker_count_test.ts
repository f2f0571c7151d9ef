import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { workerCount } from "../../../common/config/worker_count.ts";

function of(cpus: number, concurrency: number | null = null, workersMax: number | null = null) {
  return workerCount({ cpus, concurrency, workersMax });
}

Deno.test("there is one worker for each two CPUs, at least one, at most 32", () => {
  assertEquals([1, 2, 3, 4, 8, 64, 128].map((cpus) => of(cpus)), [1, 1, 1, 2, 4, 32, 32]);
});

Deno.test("there are never more workers than requests in flight", () => {
  assertEquals(of(16, 3), 3);
});

Deno.test("the user may ask for fewer workers or more", () => {
  assertEquals(of(16, 100, 2), 2);
  assertEquals(of(2, 100, 4), 4);
});

Deno.test("there is always a worker, within every limit", () => {
  const count = fc.integer({ min: 1, max: 1000 });
  const limit = fc.option(count);
  fc.assert(fc.property(count, limit, limit, (cpus, concurrency, workersMax) => {
    const workers = of(cpus, concurrency, workersMax);
    return workers >= 1 && workers <= (concurrency ?? Infinity) &&
      workers <= (workersMax ?? 32);
  }));
});
