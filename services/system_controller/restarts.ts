import type { ServiceType } from "../../common/model/service_type.ts";

/**
 * The services that can be started again in the middle of a run: one makes what it had from its
 * seed or its file, the others from the journal.
 */
export const RESTARTABLE: ReadonlySet<ServiceType> = new Set(
  ["dataset_manager", "records_manager", "post_processor_manager"] as const,
);

/** Which services had to be started again, and why: the report says so. */
export class RestartLog {
  readonly #entries = new Map<ServiceType, { count: number; reason: string }>();
  #count = 0;

  /** Restarts of all services. */
  get count(): number {
    return this.#count;
  }

  /** Takes note of a restart; `reason`: how it ended, in words that follow its name. */
  note(type: ServiceType, reason: string): void {
    this.#count++;
    this.#entries.set(type, { count: (this.#entries.get(type)?.count ?? 0) + 1, reason });
  }

  /** One sentence for each service. */
  sentences(): string[] {
    return [...this.#entries].map(([type, { count, reason }]) =>
      count === 1
        ? `${type} ${reason} in the middle of the run, and was started again.`
        : `${type} had to be started again ${count} times in the middle of the run; last of all it ` +
          `${reason}.`
    );
  }
}
