/** How long a service may take for a command that it should be quick with. */
export const COMMAND_TIMEOUT_MS = 30_000;

/** How long the dataset manager may take to look through its input file. */
export const INPUT_FILE_TIMEOUT_MS = 600_000;

/** How long the work after the load may take; a million records take a few seconds. */
export const RESULTS_TIMEOUT_MS = 600_000;

/** How long to wait for one more record that is due. */
export const RECORD_PATIENCE_MS = 10_000;

/** A service that says nothing for so long is taken for hung. */
export const SILENCE_LIMIT_NS = 10e9;

/** An interrupted run gives what is running so long to end by itself, and itself so long in all. */
export const INTERRUPT_GRACE_MS = 1_500;
export const INTERRUPT_LIMIT_MS = 3_000;

/** How long the last heartbeats may take: the results do not wait for what only explains them. */
export const BEAT_TIMEOUT_MS = 500;
