import { assertEquals, assertRejects } from "@std/assert";
import { atMost } from "../../../common/service/at_most.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

Deno.test("what comes about in time is true, what does not is false", async () => {
  const clock = new FakeClock();
  assertEquals(await atMost(clock, 100, Promise.resolve("x")), true);
  await assertRejects(() => atMost(clock, 100, Promise.reject(new Error("no"))), Error, "no");
  const { promise, reject } = Promise.withResolvers<void>();
  const late = atMost(clock, 100, promise);
  await clock.advance(100);
  assertEquals(await late, false);
  reject(new Error("nobody asks any more"));
});
