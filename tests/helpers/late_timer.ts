import type { Clock } from "../../common/runtime/clock.ts";
import type { Repeat } from "../../common/runtime/lag_probe.ts";

/** A repeating timer that fires when a test says so, and the clock that goes with it. */
export class LateTimer implements Clock {
  #nowNs = 0;
  #everyMs = 0;
  #callback: (() => void) | null = null;

  /** What takes the place of the runtime's timer. */
  readonly repeat: Repeat = (callback, everyMs) => {
    this.#callback = callback;
    this.#everyMs = everyMs;
    return () => this.#callback = null;
  };

  get isRunning(): boolean {
    return this.#callback !== null;
  }

  nowNs(): number {
    return this.#nowNs;
  }

  /** Fires so many milliseconds after it should have. */
  fire(lateMs: number): void {
    this.#nowNs += (this.#everyMs + lateMs) * 1e6;
    this.#callback?.();
  }

  sleep(): Promise<void> {
    throw new Error("nobody sleeps by this clock");
  }
}
