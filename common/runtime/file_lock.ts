// On a file system without locks everything goes on as if nobody else were there.

/** How often to look whether a file is still being written, or had by somebody else. */
const LOOK_MS = 5;

/** What is needed of a file to give it back. */
export type Closable = Pick<Deno.FsFile, "close"> & Partial<Pick<Deno.FsFile, "unlockSync">>;

/** So often, at most, a file is tried to be locked that another process has. */
const MOST_TRIES = 20;

/**
 * Locks a file so that other processes can tell that it is being written.
 *
 * Whoever only asks whether it is has it for a moment, too: without another try nobody could tell until
 * its end.
 */
export async function lockForWriting(file: Pick<Deno.FsFile, "tryLock">): Promise<void> {
  try {
    for (let tries = 0; tries < MOST_TRIES && !await file.tryLock(true); tries++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } catch {
    // No locks here.
  }
}

/** Whether another process has locked the file to write it; throws when it cannot be opened. */
export function isBeingWritten(path: string): boolean {
  const file = Deno.openSync(path, { read: true });
  try {
    return !file.tryLockSync(false);
  } catch {
    return false;
  } finally {
    unlockAndClose(file);
  }
}

/**
 * Blocks until nobody writes a file any more, for `mostMs` at most and one look at it.
 *
 * For whoever has killed the writer and goes at once: the system takes its files from it after that,
 * on a busy machine a good while. Nothing else of this program goes on meanwhile.
 */
export function blockWhileWritten(path: string, mostMs: number): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const endMs = performance.now() + mostMs;
  do {
    try {
      if (!isBeingWritten(path)) return;
    } catch {
      // There is none.
      return;
    }
    Atomics.wait(never, 0, 0, LOOK_MS);
    // A look takes its time, too, on a file system that is far away.
  } while (performance.now() < endMs);
}

/**
 * Closes a file, and its lock ends with it.
 *
 * A close alone does not end it when this process is just starting another one: up to its first
 * program that one has all open files, too, and the lock lives as long as any of them.
 */
export function unlockAndClose(file: Closable): void {
  try {
    file.unlockSync?.();
  } catch {
    // No locks here.
  } finally {
    file.close();
  }
}
