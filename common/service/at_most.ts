import type { Clock } from "../runtime/clock.ts";

/**
 * Waits for something, but not for ever: true when it has come about within `ms`.
 *
 * Rejects when it rejects in time; what becomes of it later is nobody's business.
 */
export async function atMost(
  clock: Clock,
  ms: number,
  event: Promise<unknown>,
): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([
      event.then(() => true),
      clock.sleep(ms, limit.signal).then(() => false),
    ]);
  } finally {
    limit.abort();
  }
}
