import { assert } from "@std/assert";
import { measureRecords } from "./records_bench.ts";

Deno.test("the records benchmark brings every record into the journal and on", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const { recordsPerSecond } = await measureRecords({ records: 500, chunks: 5 });
  assert(recordsPerSecond > 0);
});
