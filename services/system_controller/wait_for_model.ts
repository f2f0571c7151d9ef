import type { ReadinessPlan } from "../../common/model/readiness.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import { NotReadyError } from "./not_ready_error.ts";

/** A look at a server takes no longer, even where more time is left. */
const MOST_PER_LOOK_MS = 60_000;
/** … and has at least so long, even at the very end. */
const LEAST_PER_LOOK_MS = 1_000;

/** The same reason is told again so often. */
const REPEAT_NS = 30e9;

/** What waiting needs of the world. */
export interface WaitHost {
  readonly clock: Clock;
  /** Aborts when the user does not want to wait any longer. */
  readonly aborted: AbortSignal;
  say(line: string): void;
  /** Looks whether the servers are ready; resolves to what is missing, null when they are. */
  look(timeoutMs: number): Promise<string | null>;
}

/**
 * Waits until the servers are ready; resolves to false when the user does not want to wait any longer.
 *
 * Tells at once what is missing, and again when that changes or half a minute has gone by. Rejects
 * with a NotReadyError that has the last reason, and with what `look` rejects with.
 */
export async function waitForModel(plan: ReadinessPlan, host: WaitHost): Promise<boolean> {
  const { clock, aborted, say } = host;
  const startNs = clock.nowNs();
  const endNs = startNs + plan.timeoutMs * 1e6;
  const cut = new Promise<null>((resolve) =>
    aborted.addEventListener("abort", () => resolve(null), { once: true })
  );
  let told = "";
  let toldNs = -Infinity;
  while (!aborted.aborted) {
    const leftMs = (endNs - clock.nowNs()) / 1e6;
    const lookMs = Math.min(Math.max(leftMs, LEAST_PER_LOOK_MS), MOST_PER_LOOK_MS);
    const reason = await Promise.race([host.look(lookMs), cut]);
    if (aborted.aborted) break;
    const nowNs = clock.nowNs();
    const waitedS = Math.round((nowNs - startNs) / 1e9);
    if (reason === null) {
      if (told !== "") say(`the server is ready after ${waitedS} s`);
      return true;
    }
    if (nowNs >= endNs) {
      throw new NotReadyError(
        `The server is not ready after ${waitedS} s (--wait-for-model-timeout): ${reason}`,
      );
    }
    if (reason !== told || nowNs - toldNs >= REPEAT_NS) {
      const limit = `${waitedS} of at most ${plan.timeoutMs / 1000} s`;
      say(`waiting for the server (${limit}): ${reason}`);
      told = reason;
      toldNs = nowNs;
    }
    await clock.sleep(Math.min(plan.intervalMs, (endNs - nowNs) / 1e6), aborted);
  }
  return false;
}
