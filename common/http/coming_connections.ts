/** Who waits for a connection that is being opened. */
interface Waiter<T> {
  readonly resolve: (connection: T | null) => void;
}

interface Coming<T> {
  opening: number;
  readonly waiters: Waiter<T>[];
}

/** Connections that are being opened beforehand, by key, and the requests that wait for them. */
export class ComingConnections<T> {
  readonly #coming = new Map<string, Coming<T>>();

  /** How many are on their way under `key`, whether somebody waits for them or not. */
  sizeOf(key: string): number {
    return this.#coming.get(key)?.opening ?? 0;
  }

  /** One more is being opened; `arrive` must follow. */
  begin(key: string): void {
    const coming = this.#coming.get(key);
    if (coming === undefined) this.#coming.set(key, { opening: 1, waiters: [] });
    else coming.opening++;
  }

  /** One is open, or could not be opened (null); whether somebody has waited for it and takes it. */
  arrive(key: string, connection: T | null): boolean {
    const coming = this.#coming.get(key)!;
    const waiter = coming.waiters.shift();
    if (--coming.opening === 0) this.#coming.delete(key);
    waiter?.resolve(connection);
    return waiter !== undefined;
  }

  /**
   * Waits for one that nobody waits for yet; null when there is none.
   *
   * Resolves to null when it could not be opened. Rejects with the signal's reason.
   */
  take(key: string, signal: AbortSignal): Promise<T | null> | null {
    const coming = this.#coming.get(key);
    if (coming === undefined || coming.waiters.length >= coming.opening) return null;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        coming.waiters.splice(coming.waiters.indexOf(waiter), 1);
        reject(signal.reason);
      };
      const waiter: Waiter<T> = {
        resolve(connection) {
          signal.removeEventListener("abort", onAbort);
          resolve(connection);
        },
      };
      coming.waiters.push(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
