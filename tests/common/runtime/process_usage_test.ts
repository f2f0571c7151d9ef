import { assert } from "@std/assert";
import { processUsage } from "../../../common/runtime/process_usage.ts";

Deno.test("processUsage counts the CPU time of work and needs no permission", {
  permissions: "none",
}, () => {
  const before = processUsage();
  assert(before.cpuMs > 0);
  assert(before.rssBytes > 1e6);
  let sum = 0;
  let rounds = 0;
  while (processUsage().cpuMs - before.cpuMs < 5) {
    for (let i = 0; i < 1e5; i++) sum += Math.sqrt(i);
    assert(++rounds < 1e4, "no work takes CPU time");
  }
  assert(sum > 0);
});
