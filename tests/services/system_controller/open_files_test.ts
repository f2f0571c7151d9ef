import { assertEquals } from "@std/assert";
import {
  mayNeedMany,
  noteOnOpenFiles,
  type OpenFilesNeed,
} from "../../../services/system_controller/open_files.ts";
import { closedLoad, openLoad, phasePlanOf } from "../../helpers/phase_plan.ts";

function needOf(concurrency: number, change: Partial<OpenFilesNeed> = {}): OpenFilesNeed {
  const phases = [phasePlanOf({ load: closedLoad(concurrency), maxRequests: 100_000 })];
  return { phases, workers: 1, hasOwnConnections: true, isMock: false, ...change };
}

Deno.test("a concurrency that needs more files than a process may open is told of, with what helps", () => {
  assertEquals(
    noteOnOpenFiles(needOf(2_000), 1_024),
    "--concurrency 2000 takes up to 2064 open files in the worker, and this machine allows a process " +
      "1024: requests beyond that fail. Raise the limit first (ulimit -n 2064), or use --workers-max 3",
  );
  assertEquals(
    noteOnOpenFiles(needOf(9_000, { workers: 4 }), 1_024),
    "--concurrency 9000 takes up to 2314 open files in each worker, and this machine allows a process " +
      "1024: requests beyond that fail. Raise the limit first (ulimit -n 2314), or use --workers-max 10",
  );
});

Deno.test("the built-in server has all connections at its other end: more workers are no help", () => {
  assertEquals(
    noteOnOpenFiles(needOf(2_000, { workers: 4, isMock: true }), 1_024),
    "--concurrency 2000 takes up to 2064 open files in the mock server, and this machine allows a " +
      "process 1024: requests beyond that fail. Raise the limit first (ulimit -n 2064)",
  );
});

Deno.test("the phase that needs most is named", () => {
  const phases = [
    phasePlanOf({ phase: "warmup", load: closedLoad(3_000), maxRequests: 9_000 }),
    phasePlanOf({ load: closedLoad(2_000), maxRequests: 9_000 }),
  ];
  const note = noteOnOpenFiles(needOf(1, { phases }), 1_024);
  assertEquals(note?.slice(0, 52), "--warmup-concurrency 3000 takes up to 3064 open file");
});

Deno.test("nothing is said where the files suffice, nobody knows, or it is not known beforehand", () => {
  assertEquals(noteOnOpenFiles(needOf(960), 1_024), null);
  assertEquals(noteOnOpenFiles(needOf(2_000, { workers: 3 }), 1_024), null);
  assertEquals(noteOnOpenFiles(needOf(2_000), null), null);
  // HTTP/2 has many requests on one connection.
  assertEquals(noteOnOpenFiles(needOf(2_000, { hasOwnConnections: false }), 1_024), null);
  const few = [phasePlanOf({ load: closedLoad(2_000), maxRequests: 500 })];
  assertEquals(noteOnOpenFiles(needOf(1, { phases: few }), 1_024), null);
  // A cap need not be reached.
  const capped = [phasePlanOf({ load: openLoad(10, { concurrencyCap: 2_000 }) })];
  assertEquals(noteOnOpenFiles(needOf(1, { phases: capped }), 1_024), null);
});

Deno.test("the system is asked only where it may matter", () => {
  assertEquals([mayNeedMany(needOf(100)), mayNeedMany(needOf(300))], [false, true]);
  assertEquals(mayNeedMany(needOf(300, { workers: 4 })), false);
});
