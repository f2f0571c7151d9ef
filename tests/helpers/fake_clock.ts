import type { Clock } from "../../common/runtime/clock.ts";

interface Sleeper {
  wakeNs: number;
  order: number;
  wake: () => void;
}

/** A clock that moves only when a test says so; sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  #nowNs: number;
  #sleepers: Sleeper[] = [];
  #order = 0;

  constructor(startNs = 0) {
    this.#nowNs = startNs;
  }

  nowNs(): number {
    return this.#nowNs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wakeNs = Math.round(this.#nowNs + ms * 1e6);
      const sleeper = { wakeNs, order: this.#order++, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      }, { once: true });
    });
  }

  /** Moves time forward by `ms`, waking every sleeper on the way and letting it run. */
  async advance(ms: number): Promise<void> {
    const untilNs = this.#nowNs + ms * 1e6;
    await settle();
    for (let next = this.#next(untilNs); next; next = this.#next(untilNs)) {
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowNs = Math.max(this.#nowNs, next.wakeNs);
      next.wake();
      await settle();
    }
    this.#nowNs = untilNs;
  }

  /** Lets `ms` pass as they do while some work is done: nobody wakes. */
  work(ms: number): void {
    this.#nowNs += ms * 1e6;
  }

  #next(untilNs: number): Sleeper | undefined {
    return this.#sleepers
      .filter((sleeper) => sleeper.wakeNs <= untilNs)
      .sort((a, b) => a.wakeNs - b.wakeNs || a.order - b.order)[0];
  }
}

/** Lets everything that is ready to run do so, without letting time pass. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise<void>((resolve) => queueMicrotask(resolve));
}
