import { assertEquals } from "@std/assert";
import { Interrupts } from "../../../services/system_controller/interrupts.ts";

/** Signals and a run that take note of all that happens to them. */
function scene(stepMs = 1_000) {
  const events: string[] = [];
  let nowMs = 0;
  const interrupts = new Interrupts({
    // Each look at the clock a second later, unless a test stops it.
    nowMs: () => nowMs += stepMs,
    say: (line) => events.push(`say ${line}`),
    exit: (signal) => events.push(`exit ${signal}`),
  });
  const run = {
    interrupt: (signal: string) => events.push(`interrupt ${signal}`),
    abandon: (signal: string) => events.push(`abandon ${signal}`),
  };
  interrupts.aborted.addEventListener("abort", () => events.push("abort"));
  return { events, interrupts, run };
}

const ACKNOWLEDGED = "say SIGINT: ending the run; once more to end at once";

Deno.test("the first signal ends the run in good order, the second ends everything at once", () => {
  const { events, interrupts, run } = scene();
  interrupts.attend(run);
  assertEquals(interrupts.received, null);
  interrupts.receive("SIGINT");
  assertEquals(events, ["interrupt SIGINT", "abort", ACKNOWLEDGED]);
  assertEquals(interrupts.received, "SIGINT");
  interrupts.receive("SIGTERM");
  assertEquals(events.slice(3), ["abandon SIGTERM", "exit SIGTERM"]);
});

Deno.test("a signal between two runs ends what waits for the next one", () => {
  const { events, interrupts, run } = scene();
  interrupts.attend(run)();
  interrupts.receive("SIGINT");
  assertEquals(events, ["abort", ACKNOWLEDGED]);
  assertEquals(interrupts.aborted.aborted, true);
  interrupts.receive("SIGINT");
  assertEquals(events.slice(2), ["exit SIGINT"]);
});

Deno.test("a run that begins after a signal hears of it", () => {
  const { events, interrupts, run } = scene();
  interrupts.receive("SIGHUP");
  interrupts.attend(run);
  assertEquals(events.at(-1), "interrupt SIGHUP");
});

Deno.test("a signal that a launcher passes on once more is the same one", () => {
  const { events, interrupts, run } = scene(150);
  interrupts.attend(run);
  interrupts.receive("SIGINT");
  interrupts.receive("SIGINT");
  interrupts.receive("SIGINT");
  assertEquals(events.length, 3);
  interrupts.receive("SIGINT");
  assertEquals(events.slice(3), ["abandon SIGINT", "exit SIGINT"]);
});

Deno.test("another signal is another one, however soon it comes", () => {
  const { events, interrupts } = scene(1);
  interrupts.receive("SIGINT");
  interrupts.receive("SIGTERM");
  assertEquals(events.at(-1), "exit SIGTERM");
});
