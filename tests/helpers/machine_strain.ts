/** How often this process looks how late its timers are. */
const LOOK_MS = 10;

/** A timer that is so late was held up by the machine: this process has next to nothing to do. */
const LATE_MS = 30;

/** An event loop of the program that was so late was stopped, or had no CPU. */
const BLOCKED_MS = 100;

/** What the summary of a run says of the machine that it ran on. */
interface MachineFacts {
  readonly machine?: { readonly cpu_share: number; readonly steal_share: number };
  readonly workers: readonly { readonly health?: { lag?: { max_ms: number } } }[];
}

/**
 * Watches, from this process, whether the machine lets programs run when they want to.
 *
 * What a test asks of times holds on a machine that does; where it does not, nobody knows whose
 * fault it is.
 */
export class MachineStrain implements Disposable {
  #mostLateMs = 0;
  #lookedMs = performance.now();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Why the times of a run may be the machine's fault, by what was seen and what the run says. */
  during(json: Readonly<Record<string, unknown>>): string[] {
    this.#look();
    const { machine, workers } = json["instrument"] as MachineFacts;
    const lagMs = Math.max(0, ...workers.map(({ health }) => health?.lag?.max_ms ?? 0));
    const load = Deno.loadavg()[0]!;
    return [
      this.#mostLateMs >= LATE_MS && `a timer was ${this.#mostLateMs.toFixed()} ms late`,
      lagMs >= BLOCKED_MS && `a worker was held up for ${lagMs} ms`,
      load > navigator.hardwareConcurrency && `the load is ${load}`,
      machine && machine.cpu_share >= 0.8 && `the machine was busy: ${machine.cpu_share}`,
      machine && machine.steal_share >= 0.02 && `time was stolen: ${machine.steal_share}`,
    ].filter((reason) => typeof reason === "string");
  }

  #look(): void {
    const nowMs = performance.now();
    this.#mostLateMs = Math.max(this.#mostLateMs, nowMs - this.#lookedMs - LOOK_MS);
    this.#lookedMs = nowMs;
  }
}
