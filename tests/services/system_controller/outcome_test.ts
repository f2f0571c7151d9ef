import { assertEquals } from "@std/assert";
import type { RunReport } from "../../../common/model/report.ts";
import {
  endingOf,
  exitCodeOf,
  problemsOf,
  type RunOutcome,
} from "../../../services/system_controller/outcome.ts";
import { reportOn } from "../../helpers/metrics_of.ts";

function reportWith(succeeded: number, failed: number): RunReport {
  const error = { code: 500, type: "HTTPError", message: "out of memory" };
  return {
    ...reportOn([]),
    errors: failed > 0 ? [{ error, count: failed }] : [],
    account: { issued: succeeded + failed, succeeded, failed, cancelled: 0, lost: 0 },
  };
}

const COMPLETE: RunOutcome = {
  interruptedBy: null,
  failure: null,
  isBadInput: false,
  hasTooManyFailures: false,
  failureLimit: null,
  records: {
    accounts: { warmup: reportWith(0, 0).account, profiling: reportWith(5, 0).account },
    missing: 0,
    missingIds: [],
  },
  report: reportWith(5, 1),
  unwritten: [],
};

const CASES: readonly [string, Partial<RunOutcome>, number, string[]][] = [
  ["a complete run with some errors", {}, 0, []],
  [
    "a full disk",
    { unwritten: ["Cannot write out/a.csv: No space left on device"] },
    1,
    ["Cannot write out/a.csv: No space left on device"],
  ],
  ["a service that died", { failure: "worker_1 died" }, 1, ["worker_1 died"]],
  [
    "a run that failed too much",
    { hasTooManyFailures: true, report: reportWith(7, 4) },
    1,
    ["more requests failed than --failed-request-threshold allows: 4 of 11"],
  ],
  [
    "a run of which the records show that too much failed",
    {
      failureLimit: { ratio: 0.1, armedAfter: 50 },
      records: {
        ...COMPLETE.records!,
        accounts: { ...COMPLETE.records!.accounts, profiling: reportWith(7, 4).account },
      },
      report: reportWith(7, 4),
    },
    1,
    ["more requests failed than --failed-request-threshold allows: 4 of 11"],
  ],
  [
    "an interrupted run of which the records show that",
    {
      interruptedBy: "SIGINT",
      failureLimit: { ratio: 0.1, armedAfter: 50 },
      records: {
        ...COMPLETE.records!,
        accounts: { ...COMPLETE.records!.accounts, profiling: reportWith(7, 4).account },
      },
    },
    130,
    [],
  ],
  [
    "input that cannot be used",
    { failure: "--input-file: a: line 1: is bad", isBadInput: true, report: null, records: null },
    2,
    ["--input-file: a: line 1: is bad"],
  ],
  [
    "records that never came",
    { records: { ...COMPLETE.records!, missing: 2, missingIds: [4, 9] } },
    1,
    ["2 credits were issued and never became a record (4, 9)"],
  ],
  [
    "a run in which everything failed",
    { report: reportWith(0, 3) },
    1,
    ["no request succeeded (of 3); most often: HTTPError: out of memory"],
  ],
  [
    "a run that ended before anything was due",
    { report: reportWith(0, 0) },
    1,
    ["no request was sent, as none was due before the end"],
  ],
  [
    "a run that broke before anything was sent",
    { failure: "dataset_manager died", report: reportWith(0, 0) },
    1,
    ["dataset_manager died"],
  ],
  ["Ctrl-C", { interruptedBy: "SIGINT" }, 130, []],
  ["Ctrl-C before anything succeeded", { interruptedBy: "SIGINT", report: null }, 130, []],
  ["SIGTERM", { interruptedBy: "SIGTERM" }, 143, []],
  ["a lost terminal", { interruptedBy: "SIGHUP" }, 143, []],
];

for (const [what, change, code, problems] of CASES) {
  Deno.test(`exitCodeOf() is ${code} for ${what}`, () => {
    const outcome = { ...COMPLETE, ...change };
    assertEquals(exitCodeOf(outcome), code);
    assertEquals(problemsOf(outcome), problems);
  });
}

Deno.test("endingOf() names the reason that the exit code tells of", () => {
  const none = { ...COMPLETE, failureLimit: { ratio: 0.1, armedAfter: 10 } };
  assertEquals(endingOf(none), { reason: "complete", cause: null });
  const failing = { ...none, hasTooManyFailures: true };
  assertEquals(endingOf(failing), { reason: "failed_request_threshold", cause: null });
  const { accounts } = COMPLETE.records!;
  const lost = { ...accounts.profiling, issued: 6, lost: 1 };
  const losing = {
    ...none,
    records: { ...none.records!, accounts: { ...accounts, profiling: lost } },
  };
  assertEquals(endingOf(losing), { reason: "failed_request_threshold", cause: null });
  assertEquals(endingOf({ ...losing, failureLimit: null }).reason, "complete");
  const broken = { ...failing, failure: "worker_manager died" };
  assertEquals(endingOf(broken), { reason: "failure", cause: "worker_manager died" });
  const interrupted = { ...broken, interruptedBy: "SIGINT" as const };
  assertEquals(endingOf(interrupted), { reason: "interrupted", cause: "SIGINT" });
});
