import type { Turns } from "../../common/runtime/work_queue.ts";

/** An event loop that goes on when a test says so, and a clock that moves only by `work`. */
export class FakeTurns implements Turns {
  now = 1_000_000;
  /** How many turns of the event loop were asked for. */
  turns = 0;
  readonly #soon: (() => void)[] = [];
  readonly #later: (() => void)[] = [];
  readonly #next: (() => void)[] = [];

  nowMs(): number {
    return this.now;
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  later(run: () => void): void {
    this.#later.push(run);
  }

  next(run: () => void): void {
    this.turns++;
    this.#next.push(run);
  }

  /** So much time goes by. */
  work(ms: number): void {
    this.now += ms;
  }

  /** Runs what waits behind what is ready now. */
  runSoon(): void {
    for (const run of this.#soon.splice(0)) run();
  }

  /** Runs what waits until nothing else is ready. */
  runLater(): void {
    this.runSoon();
    for (const run of this.#later.splice(0)) run();
  }

  /** The event loop has looked at its sockets; false if nobody waits for that. */
  turn(): boolean {
    const waiting = this.#next.splice(0);
    for (const run of waiting) run();
    return waiting.length > 0;
  }
}
