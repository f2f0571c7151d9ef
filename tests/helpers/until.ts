/** A condition that a test waits for is true by then, on any machine, or something is broken. */
const PATIENCE_MS = 60_000;

const PAUSE_MS = 20;

/**
 * Waits until `condition` gives something, and returns it.
 *
 * Throws after 60 s, naming `what` was waited for.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
): Promise<Exclude<T, false | null | undefined>> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (performance.now() > deadlineMs) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
