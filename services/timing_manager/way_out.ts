/** That no credit can go out for now. */
export interface FullWay {
  /** Resolves when there is room again. */
  readonly room: Promise<void>;
  /** Whether it is workers that are behind with what they have, and not the way to them that is full. */
  readonly isForWorkers: boolean;
}

/**
 * What a credit leaves behind: `sent`: a promise when the socket is full; `taken`: when workers have
 * enough in hand. Both resolve when there is room; null: there is.
 */
export function fullWayOf(
  { sent, taken }: Readonly<Record<"sent" | "taken", Promise<void> | undefined>>,
): FullWay | null {
  if (!sent && !taken) return null;
  return { room: Promise.all([sent, taken]).then(() => {}), isForWorkers: taken !== undefined };
}

/** Whether credits can go out, and since when they are late because workers are behind. */
export class WayOut {
  #full: FullWay | null = null;
  #behindNs = Infinity;

  /** The way is full until this resolves; null: there is room. */
  get full(): Promise<void> | null {
    return this.#full?.room ?? null;
  }

  /** A credit that went out at `nowNs` has found, or has left, the way as this. */
  note(full: FullWay | null, nowNs: number): void {
    this.#full = full;
    if (full?.isForWorkers) this.#behindNs = Math.min(this.#behindNs, nowNs);
    void full?.room.then(() => {
      if (this.#full === full) this.#full = null;
    });
  }

  /** Nothing is late: what is from now on is not because of what was before. */
  noteInTime(): void {
    this.#behindNs = Infinity;
  }

  /** For how much of the time since `atNs`, when it could have gone, a credit waited for workers. */
  waitNs(atNs: number, nowNs: number): number {
    return Math.max(0, nowNs - Math.max(atNs, this.#behindNs));
  }
}
