import { assert } from "@std/assert";
import { measureMessages } from "./messages_bench.ts";

Deno.test("the messages benchmark brings every message back, ours and bare", async () => {
  const { ours, bare } = await measureMessages({ messages: 500, roundTrips: 20, rounds: 1 });
  for (const speed of [ours, bare]) {
    assert(speed.oneWayPerSecond > 0 && speed.roundTripUs > 0);
  }
});
