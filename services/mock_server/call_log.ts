/** What clients POST to servers beside requests to a model: to empty a cache, or for a profile. */
export const CALL_PATHS = ["/reset_prefix_cache", "/start_profile", "/stop_profile"] as const;

/** A call that is no request to a model. */
export interface LoggedCall {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
}

/** Only the last of more are kept. */
const MOST_CALLS = 1_000;

/** Keeps the calls that change nothing here, so that a client can be checked. */
export class CallLog {
  #calls: LoggedCall[] = [];

  /** Notes a call. */
  note(call: LoggedCall): void {
    if (this.#calls.length === MOST_CALLS) this.#calls.shift();
    this.#calls.push(call);
  }

  /** All calls, oldest first. */
  all(): LoggedCall[] {
    return [...this.#calls];
  }
}
