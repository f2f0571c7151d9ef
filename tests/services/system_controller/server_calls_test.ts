import { assertEquals, assertRejects } from "@std/assert";
import type { ServerCallsPlan } from "../../../common/model/server_calls.ts";
import { ServerCalls } from "../../../services/system_controller/server_calls.ts";
import { settle } from "../../helpers/fake_clock.ts";
import { phasePlanOf } from "../../helpers/phase_plan.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

const PLAN: ServerCallsPlan = {
  urls: ["http://a", "http://b/x"],
  resetCache: { path: "/reset", timeoutMs: 5 },
  profiler: { startPath: "/start", stopPath: "/stop", timeoutMs: 7 },
};

const COLD = runConfigOf({ serverCalls: PLAN });
const WARM = runConfigOf({
  serverCalls: PLAN,
  phases: [phasePlanOf({ phase: "warmup" }), phasePlanOf()],
});

/** Calls to servers of which some refuse, and some do not answer. */
function calling({ refuses = /^$/, hangs = /^$/ }: { refuses?: RegExp; hangs?: RegExp } = {}) {
  const made: string[] = [];
  const said: string[] = [];
  const calls = new ServerCalls({
    secrets: { apiKey: null, headers: {} },
    say: (line) => void said.push(line),
    async post({ url, timeoutMs, signal }) {
      made.push(`${url} ${timeoutMs}`);
      await Promise.resolve();
      if (refuses.test(url)) throw new Error("the server answered 404");
      if (!hangs.test(url)) return;
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("aborted")))
      );
    },
  });
  return { calls, made, said };
}

const OPENED = ["http://a/reset 5", "http://b/x/reset 5", "http://a/start 7", "http://b/x/start 7"];
const CLOSED = ["http://a/stop 7", "http://b/x/stop 7"];

Deno.test("without a warm-up, every cache is emptied before a profiler starts, before the load", async () => {
  const { calls, made, said } = calling();
  await calls.beforeLoad(COLD);
  assertEquals(made, OPENED);
  assertEquals(await calls.afterWarmup(COLD), false);
  await calls.close();
  assertEquals(made, [...OPENED, ...CLOSED]);
  assertEquals(said, ["waiting for the server to stop its profiler"]);
  assertEquals(calls.problems, []);
});

Deno.test("with a warm-up, all of it comes when that has ended", async () => {
  const { calls, made } = calling();
  await calls.beforeLoad(WARM);
  const opened = calls.afterWarmup(WARM);
  await settle();
  assertEquals(made, []);
  calls.noteEnd({ phase: "warmup", reason: "count" });
  assertEquals(await opened, true);
  assertEquals(made, OPENED);
});

Deno.test("after a warm-up that was cut off nothing is asked of the server", async () => {
  for (const reason of ["cancelled", "failed_threshold"] as const) {
    const { calls, made } = calling();
    await calls.beforeLoad(WARM);
    void calls.afterWarmup(WARM);
    calls.noteEnd({ phase: "warmup", reason });
    await settle();
    await calls.close();
    assertEquals(made, []);
  }
});

Deno.test("a run that asks for nothing asks for nothing", async () => {
  const { calls, made, said } = calling();
  await calls.beforeLoad(runConfigOf());
  assertEquals(await calls.afterWarmup(runConfigOf()), false);
  await calls.close();
  assertEquals([made, said], [[], []]);
});

Deno.test("a server that refuses is named with the flag, and no profiler is started", async () => {
  const { calls, made } = calling({ refuses: /b\/x\/reset/ });
  await assertRejects(
    () => calls.beforeLoad(COLD),
    Error,
    "--reset-kv-cache: POST http://b/x/reset: the server answered 404",
  );
  await calls.close();
  assertEquals(made, OPENED.slice(0, 2));
  assertEquals(calls.problems, []);
});

Deno.test("where one profiler does not start, the others are stopped", async () => {
  const { calls, made } = calling({ refuses: /a\/(start|stop)/ });
  await assertRejects(
    () => calls.beforeLoad(COLD),
    Error,
    "--server-profiler: POST http://a/start: the server answered 404",
  );
  await calls.close();
  assertEquals(made, [...OPENED, ...CLOSED]);
  // That it is not there has been said already.
  assertEquals(calls.problems, []);
});

Deno.test("a profiler that does not stop is a problem, not a hang", async () => {
  const { calls } = calling({ refuses: /a\/stop/, hangs: /b\/x\/stop/ });
  await calls.beforeLoad(COLD);
  const closed = calls.close();
  await settle();
  calls.interrupt();
  await closed;
  assertEquals(calls.problems, [
    "--server-profiler: POST http://a/stop: the server answered 404",
    "--server-profiler: POST http://b/x/stop: the run was ended meanwhile",
  ]);
});

Deno.test("an interrupt ends the waiting for a server, and what may have begun is stopped", async () => {
  const { calls, made } = calling({ hangs: /a\/start/ });
  const opened = calls.beforeLoad(COLD);
  await settle();
  calls.interrupt();
  await opened;
  await calls.close();
  assertEquals(made, [...OPENED, ...CLOSED]);
  assertEquals(calls.problems, []);
});

Deno.test("an interrupt of the warm-up leaves the servers alone", async () => {
  const { calls, made } = calling();
  await calls.beforeLoad(WARM);
  const opened = calls.afterWarmup(WARM);
  calls.interrupt();
  calls.noteEnd({ phase: "warmup", reason: "count" });
  assertEquals(await opened, false);
  await calls.close();
  assertEquals(made, []);
});
