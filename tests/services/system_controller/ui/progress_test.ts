import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RunEvent } from "../../../../common/model/run_event.ts";
import {
  advance,
  formatSeconds,
  NO_PROGRESS,
  renderProgress,
} from "../../../../services/system_controller/ui/progress.ts";

const STARTED: RunEvent = {
  type: "phase_started",
  phase: "profiling",
  startNs: 1e9,
  plannedRequests: 100,
  plannedDurationMs: null,
};

function recordsEvent(succeeded: number, failed: number): RunEvent {
  return {
    type: "records_progress",
    phase: "profiling",
    account: { issued: 0, succeeded, failed, cancelled: 0, lost: 0 },
  };
}

function after(...events: RunEvent[]) {
  return events.reduce(advance, NO_PROGRESS);
}

Deno.test("renderProgress() says that the services start while no phase runs", () => {
  assertEquals(renderProgress(NO_PROGRESS, 5e9), "starting the services");
});

Deno.test("renderProgress() says how far the input file has been looked through", () => {
  const look: RunEvent = { type: "dataset_progress", file: "a.jsonl", share: 0.4399 };
  assertEquals(renderProgress(after(look), 5e9), "looking through a.jsonl: 43 %");
  assertEquals(renderProgress(after(look, STARTED), 5e9), renderProgress(after(STARTED), 5e9));
});

Deno.test("renderProgress() shows count, rate, running, errors, elapsed and remaining time", () => {
  const progress = after(
    STARTED,
    { type: "phase_progress", phase: "profiling", issued: 33, returned: 25, inFlight: 8 },
    recordsEvent(24, 1),
  );
  assertEquals(
    renderProgress(progress, 11e9),
    "profiling [█████░░░░░░░░░░░░░░░] 25/100 requests · 2.5 req/s · 8 running · 1 error · " +
      "10 s elapsed · 30 s left",
  );
});

Deno.test("renderProgress() goes by time when the phase ends by time", () => {
  const progress = after({ ...STARTED, plannedRequests: null, plannedDurationMs: 20_000 });
  assertStringIncludes(renderProgress(progress, 6e9), "[█████░░░░░░░░░░░░░░░] 0 requests");
  assertStringIncludes(renderProgress(progress, 6e9), "5 s elapsed · 15 s left");
});

Deno.test("advance() starts from nothing when the next phase starts", () => {
  const progress = after({ ...STARTED, phase: "warmup" }, recordsEvent(3, 0), STARTED);
  assertEquals(progress.completed, 0);
  assertEquals(progress.phase, "profiling");
});

Deno.test("advance() ignores late records of the phase before", () => {
  const late = { ...recordsEvent(9, 0), phase: "warmup" } as RunEvent;
  assertEquals(after(STARTED, late).completed, 0);
});

const DURATIONS: readonly [number, string][] = [
  [0, "0 s"],
  [59.4, "59 s"],
  [60, "1:00"],
  [187, "3:07"],
  [3723, "1:02:03"],
];

for (const [seconds, text] of DURATIONS) {
  Deno.test(`formatSeconds() writes ${seconds} as ${text}`, () => {
    assertEquals(formatSeconds(seconds), text);
  });
}
