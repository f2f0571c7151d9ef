import type { Clock } from "../../common/runtime/clock.ts";
import { describeError, type Logger } from "../../common/runtime/log.ts";
import { atMost } from "../../common/service/at_most.ts";
import { INTERRUPT_GRACE_MS, INTERRUPT_LIMIT_MS } from "./limits.ts";
import type { ServiceCast } from "./service_cast.ts";

/** What it takes to end the load of a run that breaks. */
export interface CutOffOptions {
  readonly cast: Pick<ServiceCast, "ask">;
  readonly log: Logger;
  readonly clock: Clock;
  /** Resolves when the timing manager has said that nothing is in flight any more. */
  readonly loadEnded: Promise<void>;
}

/** What is in flight when a run breaks becomes records too, if those who see to it live. */
export async function cutOff(options: CutOffOptions): Promise<void> {
  const { cast, log, clock, loadEnded } = options;
  try {
    await cast.ask("timing_manager", { kind: "cancel_run", graceMs: 0 }, INTERRUPT_LIMIT_MS);
    await atMost(clock, INTERRUPT_LIMIT_MS, loadEnded);
  } catch (error) {
    log.warning(`Cannot cut off the load: ${describeError(error)}`);
    await drain(options);
  }
}

/** Without a timing manager the worker manager knows what is in flight. */
async function drain({ cast, log }: CutOffOptions): Promise<void> {
  const command = { kind: "drain_credits" as const, deadlineMs: INTERRUPT_GRACE_MS };
  try {
    await cast.ask("worker_manager", command, INTERRUPT_LIMIT_MS);
  } catch (error) {
    log.warning(`Cannot end what is in flight: ${describeError(error)}`);
  }
}
