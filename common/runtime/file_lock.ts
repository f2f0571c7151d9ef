// On a file system without locks everything goes on as if nobody else were there.

/** What is needed of a file to give it back. */
export type Closable = Pick<Deno.FsFile, "close"> & Partial<Pick<Deno.FsFile, "unlockSync">>;

/** Locks a file so that other processes can tell that it is being written. */
export async function lockForWriting(file: Deno.FsFile): Promise<void> {
  try {
    await file.tryLock(true);
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
