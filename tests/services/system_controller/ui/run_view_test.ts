import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../../../common/model/run_event.ts";
import { RunView } from "../../../../services/system_controller/ui/run_view.ts";
import { Terminal } from "../../../../services/system_controller/ui/terminal.ts";

const ENDED: RunEvent = {
  type: "phase_complete",
  phase: "profiling",
  startNs: 0,
  endNs: 2e9,
  issued: 10,
  reason: "count",
};

function shown(name: string | undefined, isTerminal: boolean, ended = ENDED): string {
  let text = "";
  const terminal = new Terminal({ write: (part) => text += part, isTerminal, columns: 100 });
  const ui = isTerminal ? "simple" : "none";
  const view = new RunView(terminal, {
    ui,
    plainIntervalMs: 10_000,
    ...name !== undefined && { name },
  });
  view.note(ended, 2e9);
  view.refresh(2e9);
  view.end();
  return text;
}

Deno.test("a run of a series says which one it is, in every line", () => {
  const line = "run 2 of 5 · profiling complete: 10 requests in 2.00 s\n";
  assertEquals(shown("run 2 of 5", false), line);
  assertEquals(shown("run 2 of 5", true), line);
});

Deno.test("the only run does not say which one it is", () => {
  assertEquals(shown(undefined, false), "profiling complete: 10 requests in 2.00 s\n");
  assertEquals(shown("", false), "profiling complete: 10 requests in 2.00 s\n");
});

Deno.test("the end of a phase says how much was due and not sent", () => {
  const end = (change: { issued: number; unsent: number }) =>
    shown("", false, { ...ENDED, ...change });
  assertEquals(
    end({ issued: 9, unsent: 80 }),
    "profiling complete: 9 requests in 2.00 s; 80 more were due and found no free slot in time\n",
  );
  assertEquals(
    end({ issued: 1, unsent: 1 }),
    "profiling complete: 1 request in 2.00 s; 1 more was due and found no free slot in time\n",
  );
});

Deno.test("the end of a phase says how much was due that this machine did not get to", () => {
  assertEquals(
    shown("", false, { ...ENDED, overdue: 400 }),
    "profiling complete: 10 requests in 2.00 s; 400 more were due, but this machine was too far behind\n",
  );
});

Deno.test("the end of a phase does not call failed what has only not been heard of", () => {
  assertEquals(
    shown("", false, { ...ENDED, failed: 1, unheard: 3 }),
    "profiling complete: 10 requests in 2.00 s, 1 failed, 3 not heard of yet\n",
  );
});

Deno.test("the end of a phase says how many of its requests failed", () => {
  assertEquals(
    shown("", false, { ...ENDED, phase: "warmup", failed: 10, unsent: 1 }),
    "warmup complete: 10 requests in 2.00 s, 10 failed; " +
      "1 more was due and found no free slot in time\n",
  );
});

/** What the screen shows, line by line, after events of which each is followed by a look at it. */
function screenOf(ui: "simple" | "none", events: readonly RunEvent[], name = ""): string[] {
  let text = "";
  const write = (part: string) => text += part;
  const terminal = new Terminal({ write, isTerminal: ui === "simple", columns: 80 });
  const view = new RunView(terminal, { ui, name, plainIntervalMs: 250 });
  events.forEach((event, i) => {
    view.note(event, i * 1e9);
    view.refresh(i * 1e9 + 5e8);
  });
  view.say("aiperf: something else");
  // deno-lint-ignore no-control-regex
  return text.split("\n").map((line) => line.split(/\r\x1b\[K/).at(-1)!);
}

const BEGUN: RunEvent = {
  type: "phase_started",
  phase: "profiling",
  startNs: 0,
  plannedRequests: 60,
  plannedDurationMs: null,
};

const LATE: RunEvent = {
  type: "records_progress",
  phase: "profiling",
  account: { issued: 10, succeeded: 9, failed: 1, cancelled: 0, lost: 0 },
};

Deno.test("once a phase is complete its progress is not shown again", () => {
  const said = ["profiling complete: 10 requests in 2.00 s", "aiperf: something else", ""];
  assertEquals(screenOf("simple", [BEGUN, ENDED, LATE, LATE]), said);
  assertEquals(screenOf("none", [BEGUN, ENDED, LATE, LATE]).slice(-3), said);
});

Deno.test("the progress of the phase after it is shown in its turn", () => {
  const warmedUp: RunEvent = { ...ENDED, phase: "warmup" };
  const lines = screenOf("simple", [{ ...BEGUN, phase: "warmup" }, warmedUp, BEGUN]);
  assertEquals(lines, [
    "warmup complete: 10 requests in 2.00 s",
    "aiperf: something else",
    "profiling [░░░░░░░░░░░░░░░] 0/60 requests · 0.0 req/s · 0 running · 3 s elapsed",
  ]);
});

Deno.test("when a run is over its progress is not shown again", () => {
  let text = "";
  const write = (part: string) => text += part;
  const terminal = new Terminal({ write, isTerminal: true, columns: 80 });
  const view = new RunView(terminal, { ui: "simple", plainIntervalMs: 250 });
  view.note(BEGUN, 0);
  view.refresh(1e9);
  view.end();
  const before = text;
  view.refresh(2e9);
  assertEquals(text, before);
});

Deno.test("the living line of a series has room for what matters, beside the name of the run", () => {
  const [line] = screenOf("simple", [BEGUN, LATE], "run 12 of 50").slice(-1);
  assertEquals(
    line,
    "run 12 of 50 · profiling [███░░░░░░░░░░░░░] 10/60 requests · 1 error · 8 s left",
  );
});

Deno.test("where progress is not shown in place it is told as often as is asked for", () => {
  let text = "";
  const terminal = new Terminal({
    write: (part) => text += part,
    isTerminal: false,
    columns: 100,
  });
  const view = new RunView(terminal, { ui: "none", plainIntervalMs: 2_000 });
  const started = { startNs: 0, plannedRequests: 10, plannedDurationMs: null };
  view.note({ type: "phase_started", phase: "profiling", ...started }, 0);
  for (let ms = 250; ms <= 5_000; ms += 250) view.refresh(ms * 1e6);
  const told = text.split("\n").map((line) => line.match(/(\S+) s elapsed/)?.[1]);
  assertEquals(told, ["0", "2", "4", undefined]);
});

function lookedThrough(ui: "simple" | "none", saysNotes: boolean): string[] {
  let text = "";
  const write = (part: string) => text += part;
  const terminal = new Terminal({ write, isTerminal: ui === "simple", columns: 100 });
  const view = new RunView(terminal, { ui, saysNotes, plainIntervalMs: 2_000 });
  for (let ms = 1_000; ms <= 5_000; ms += 500) {
    view.note({ type: "dataset_progress", file: "a.jsonl", share: ms / 5_000 }, ms * 1e6);
  }
  view.note({ type: "dataset_note", text: "It is odd." }, 5e9);
  view.end();
  view.note({ type: "dataset_progress", file: "a.jsonl", share: 1 }, 9e9);
  // deno-lint-ignore no-control-regex
  return text.split(/[\r\n]+(?:\x1b\[K)?/).filter((line) => line !== "");
}

Deno.test("it is shown how far an input file has been looked through, also where no line lives", () => {
  const told = (percents: number[]) => percents.map((n) => `looking through a.jsonl: ${n} %`);
  assertEquals(lookedThrough("none", false), told([20, 60, 100]));
  assertEquals(lookedThrough("simple", false), told([20, 30, 40, 50, 60, 70, 80, 90, 100]));
});

Deno.test("what is to be known of a data set is said by one run of a series", () => {
  assertEquals(lookedThrough("none", true).at(-1), "aiperf: It is odd.");
});
