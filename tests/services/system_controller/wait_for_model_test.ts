import { assertEquals, assertRejects } from "@std/assert";
import type { ReadinessPlan } from "../../../common/model/readiness.ts";
import { NotReadyError } from "../../../services/system_controller/not_ready_error.ts";
import { waitForModel } from "../../../services/system_controller/wait_for_model.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const PLAN: ReadinessPlan = { mode: "models", timeoutMs: 100_000, intervalMs: 5_000 };

/** A server whose looks give these reasons one after the other, the last one for ever. */
function waiting(reasons: readonly (string | null)[], lookMs = 0) {
  const clock = new FakeClock();
  const user = new AbortController();
  const said: string[] = [];
  const allowed: number[] = [];
  const host = {
    clock,
    aborted: user.signal,
    say: (line: string) => void said.push(line),
    async look(timeoutMs: number) {
      allowed.push(timeoutMs);
      const reason = reasons[Math.min(allowed.length, reasons.length) - 1]!;
      if (lookMs > 0) await clock.sleep(lookMs);
      return reason;
    },
  };
  return { clock, user, said, allowed, host };
}

Deno.test("a server that is ready is not waited for, and nothing is said", async () => {
  const { host, said, clock } = waiting([null]);
  assertEquals(await waitForModel(PLAN, host), true);
  assertEquals([said, clock.nowNs()], [[], 0]);
});

Deno.test("what is missing is told when it changes and every half minute", async () => {
  const { host, said, clock } = waiting([
    ...Array(3).fill("refused"),
    ...Array(8).fill("loading"),
    null,
  ]);
  const done = waitForModel(PLAN, host);
  for (let i = 0; i < 12; i++) await clock.advance(5_000);
  assertEquals(await done, true);
  assertEquals(said, [
    "waiting for the server (0 of at most 100 s): refused",
    "waiting for the server (15 of at most 100 s): loading",
    "waiting for the server (45 of at most 100 s): loading",
    "the server is ready after 55 s",
  ]);
});

Deno.test("the last look is when the time is up, and the last reason is told", async () => {
  const { host, allowed, clock } = waiting(["refused", "loading"]);
  const done = assertRejects(
    () => waitForModel({ ...PLAN, timeoutMs: 12_000 }, host),
    NotReadyError,
    "The server is not ready after 12 s (--wait-for-model-timeout): loading",
  );
  for (let i = 0; i < 4; i++) await clock.advance(5_000);
  await done;
  // What is left, but a second at least: the last look must be able to succeed.
  assertEquals(allowed, [12_000, 7_000, 2_000, 1_000]);
});

Deno.test("a look has a minute at most", async () => {
  const { host, allowed } = waiting([null]);
  await waitForModel({ ...PLAN, timeoutMs: 3_600_000 }, host);
  assertEquals(allowed, [60_000]);
});

Deno.test("the user ends the waiting, in a pause and in a look", async () => {
  for (const lookMs of [0, 50_000]) {
    const { host, clock, user, said } = waiting(["refused"], lookMs);
    const done = waitForModel(PLAN, host);
    await clock.advance(7_000);
    user.abort();
    assertEquals(await done, false);
    assertEquals(said.length, lookMs === 0 ? 1 : 0);
  }
});
