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
    "profiling [█████░░░░░░░░░░░░░░░] 25/100 requests · 1 error · 2.5 req/s · 8 running · " +
      "10 s elapsed · 30 s left",
  );
});

Deno.test("renderProgress() has neither a bar nor a gap in its place where no end is planned", () => {
  const progress = after({ ...STARTED, plannedRequests: null });
  assertEquals(
    renderProgress(progress, 3e9),
    "profiling 0 requests · 0.0 req/s · 0 running · 2 s elapsed",
  );
});

Deno.test("renderProgress() shows errors and time left in 80 columns of a run that fails", () => {
  const progress = after(
    { ...STARTED, plannedRequests: null, plannedDurationMs: 13_000 },
    { type: "phase_progress", phase: "profiling", issued: 2_001, returned: 1_986, inFlight: 15 },
    recordsEvent(0, 1986),
  );
  const at = (columns: number, name = "") =>
    renderProgress(progress, 4.86e9, { width: columns - 1, name });
  assertEquals(
    at(80),
    "profiling [████░░░░░░░░░░] 1986 requests · 1986 errors · 514.5 req/s · 9 s left",
  );
  assertEquals(
    at(40),
    "profiling · 1986 errors · 9 s left",
  );
  assertEquals(
    at(80, "run 2 of 5"),
    "run 2 of 5 · profiling [████░░░░░░░░░░░] 1986 requests · 1986 errors · 9 s left",
  );
});

Deno.test("renderProgress() says before the first phase what there is room for", () => {
  const file = "a_very_long_name_of_a_trace_of_a_month.jsonl";
  const looking = after({ type: "dataset_progress", file, share: 0.4399 });
  const at = (width: number) => renderProgress(looking, 0, { width, name: "run 2 of 5" });
  assertEquals(at(100), `run 2 of 5 · looking through ${file}: 43 %`);
  assertEquals(at(70), `looking through ${file}: 43 %`);
  assertEquals(at(60), "looking through the input file: 43 %");
  assertEquals(at(20), "43 %");
  const starting = (width: number) => renderProgress(NO_PROGRESS, 0, { width, name: "run 2 of 5" });
  assertEquals(starting(40), "run 2 of 5 · starting the services");
  assertEquals(starting(30), "starting the services");
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
