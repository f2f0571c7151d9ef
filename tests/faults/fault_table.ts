import type { ServiceType } from "../../common/model/service_type.ts";

/** What can befall a service. */
export type Fault =
  | "kill"
  | "stop"
  | "exit_in_configure"
  | "exit_in_start"
  | "exit_when_restarted"
  | "kill_when_slow"
  | "kill_beside_slow_reader"
  | "garbage"
  | "wrong_token"
  | "slow";

/** What each fault is, in the words of the page. */
export const FAULTS: Readonly<Record<Fault, string>> = {
  kill: "`kill -9` in mid-run",
  stop: "`SIGSTOP` for 20 s in mid-run",
  exit_in_configure: "exits when it is configured, each time",
  exit_in_start: "exits when it is started, each time",
  exit_when_restarted: "`kill -9` in mid-run, and the one in its place exits when it is configured",
  kill_when_slow: "takes 100 times as long for each message, and `kill -9` in mid-run",
  kill_beside_slow_reader:
    "`kill -9` in mid-run, and the post_processor_manager takes 100 times as long",
  garbage: "garbage on its socket in mid-run",
  wrong_token: "a valid hello with a wrong token in mid-run",
  slow: "takes 100 times as long for each message",
};

/** Where a run ends, whatever befell it. */
export type Ending =
  /** Exit code 0: every request succeeded. */
  | "complete"
  /** Exit code 0: every request has its record, those of a dead worker are `lost`. */
  | "complete but for lost requests"
  /** Exit code 1: it says why, and what was measured is in every export. */
  | "broken off with results"
  /** Exit code 1: it says why; the load had not begun. */
  | "not begun"
  /** Nobody was left to end it in order: the processes are gone, the journal stays. */
  | "journal only";

/** One cell of the table: a fault in a service, and what has to come of it. */
export interface FaultCase {
  readonly service: ServiceType;
  readonly fault: Fault;
  readonly ending: Ending;
  /** What the run must have said on stderr. */
  readonly says: RegExp | null;
  /** The run must be over so soon after the fault. */
  readonly withinS: number;
  /** Whether it is one of the few that run with every change. */
  readonly isQuick: boolean;
}

/**
 * What a run without a fault takes, and far more: the machine may be slow, and busy with other runs.
 * So may it be for all limits of the table; they tell a run that ends from one that does not.
 */
const WHOLE_RUN_S = 90;

const LISTENING: readonly ServiceType[] = [
  "system_controller",
  "worker_manager",
  "dataset_manager",
  "records_manager",
  "post_processor_manager",
];

const QUICK: readonly string[] = [
  "worker:exit_when_restarted",
  "worker_manager:exit_in_start",
  "dataset_manager:exit_in_configure",
  "records_manager:kill",
  "post_processor_manager:kill",
  "dataset_manager:kill",
  "worker_manager:kill",
  "timing_manager:stop",
  "records_manager:garbage",
  "post_processor_manager:slow",
  "records_manager:kill_beside_slow_reader",
];

/** Every service and every fault that can befall it. */
export const FAULT_CASES: readonly FaultCase[] = [
  ...casesOf("system_controller", {
    kill: ["journal only", null, 45],
    // It is asleep, not dead: when it wakes up, the run goes on.
    stop: ["complete", null, WHOLE_RUN_S],
    slow: ["complete", null, WHOLE_RUN_S],
  }),
  ...casesOf("timing_manager", {
    kill: ["broken off with results", /timing_manager was ended by SIGKILL/, 60],
    kill_when_slow: ["broken off with results", /timing_manager was ended by SIGKILL/, 60],
    stop: ["broken off with results", /timing_manager .*(heard of|silent|answer)/, 60],
    exit_in_configure: ["not begun", exits("timing_manager"), 60],
    exit_in_start: ["not begun", exits("timing_manager"), 60],
    slow: ["complete", null, WHOLE_RUN_S],
  }),
  ...casesOf("worker_manager", {
    kill: ["broken off with results", /worker_manager was ended by SIGKILL/, 60],
    // It has credits that it has not passed on.
    kill_when_slow: ["broken off with results", /worker_manager was ended by SIGKILL/, 60],
    stop: ["broken off with results", /worker_manager .*(heard of|silent|answer)/, 60],
    exit_in_configure: ["not begun", exits("worker_manager"), 60],
    exit_in_start: ["not begun", exits("worker_manager"), 60],
    slow: ["complete", null, WHOLE_RUN_S],
  }),
  ...casesOf("worker", {
    kill: ["complete but for lost requests", null, WHOLE_RUN_S],
    kill_when_slow: ["complete but for lost requests", null, WHOLE_RUN_S],
    stop: ["complete but for lost requests", null, WHOLE_RUN_S],
    exit_in_configure: ["not begun", exits("worker_\\w+"), 60],
    exit_in_start: ["not begun", exits("worker_\\w+"), 60],
    exit_when_restarted: ["complete but for lost requests", null, WHOLE_RUN_S],
    slow: ["complete", null, WHOLE_RUN_S],
  }),
  ...(["dataset_manager", "records_manager", "post_processor_manager"] as const).flatMap(
    (service) =>
      casesOf(service, {
        kill: ["complete", null, WHOLE_RUN_S],
        stop: ["complete", null, WHOLE_RUN_S],
        exit_in_configure: ["not begun", exits(service), 60],
        exit_in_start: ["not begun", exits(service), 60],
        exit_when_restarted: ["complete", null, WHOLE_RUN_S],
        kill_when_slow: ["complete", null, WHOLE_RUN_S],
        ...(service === "records_manager" && {
          kill_beside_slow_reader: ["complete", null, WHOLE_RUN_S] as const,
        }),
        slow: ["complete", null, WHOLE_RUN_S],
      }),
  ),
];

/** Whether the end of the connection or that of the process is noticed first is a matter of chance. */
function exits(id: string): RegExp {
  return new RegExp(`aiperf: .*${id}:? (it )?(exited with code 3|went away during)`);
}

type Expected = readonly [ending: Ending, says: RegExp | null, withinS: number];

function casesOf(
  service: ServiceType,
  expected: Partial<Record<Fault, Expected>>,
): FaultCase[] {
  const isDeaf = !LISTENING.includes(service);
  const whole: Expected = ["complete", null, WHOLE_RUN_S];
  const all = isDeaf ? expected : { ...expected, garbage: whole, wrong_token: whole };
  return Object.keys(FAULTS).flatMap((name) => {
    const fault = name as Fault;
    const cell = all[fault];
    if (cell === undefined) return [];
    const [ending, says, withinS] = cell;
    const isQuick = QUICK.includes(`${service}:${fault}`);
    return [{ service, fault, ending, says, withinS, isQuick }];
  });
}
