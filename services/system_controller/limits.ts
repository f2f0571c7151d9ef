import type { CommandKind } from "../../common/comms/messages.ts";
import type { RestartLimit } from "../../common/service/restart_budget.ts";

/** How long a service may take for a command that it should be quick with. */
export const COMMAND_TIMEOUT_MS = 30_000;

/** How long the dataset manager may take to look through its input file. */
export const INPUT_FILE_TIMEOUT_MS = 600_000;

/** How long the work after the load may take; a million records take a few seconds. */
export const RESULTS_TIMEOUT_MS = 600_000;

/** How long to wait for one more record that is due. */
export const RECORD_PATIENCE_MS = 10_000;

/** How often the signs of life are looked at. */
export const WATCH_MS = 250;

/**
 * A service that says nothing for so long is taken for hung, and ended. There is a sign of life each
 * second: one that was stopped for 3 s is not taken for hung, one that stands still is within 5 s.
 */
export const SILENCE_LIMIT_NS = 4.5e9;

/** The commands in which a service may be deep, and how long it may say nothing meanwhile. */
export const DEEP_WORK_NS: Readonly<Partial<Record<CommandKind, number>>> = {
  configure: 60e9,
  start: 30e9,
  write_results: 60e9,
};

/** How often a service may be started again before that ends the run. */
export const RESTART_LIMIT: RestartLimit = { most: 10, withinNs: 60e9 };

/** A service that has been gone for so long is not tried again; one try may take longer. */
export const RETURN_LIMIT_NS = 60e9;

/** How often results are made once more, because something was started again meanwhile. */
export const MOST_ROUNDS = 5;

/** How long a service that has hung up, or was hung up on, may take to be gone. */
export const LAST_WORDS_MS = 1_000;

/** An interrupted run gives what is running so long to end by itself, and itself so long in all. */
export const INTERRUPT_GRACE_MS = 1_500;
export const INTERRUPT_LIMIT_MS = 3_000;

/** How long the last heartbeats may take: the results do not wait for what only explains them. */
export const BEAT_TIMEOUT_MS = 500;

/**
 * So long a complaint of a service waits, in ms, for news of another's end: a connection that nobody
 * takes is noticed before the process is known to be gone.
 */
export const CAUSE_MS = 500;
