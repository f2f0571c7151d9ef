import { RestartBudget } from "../../common/service/restart_budget.ts";

/** When so many more workers than there are were replaced in a row for nothing, none will do. */
const MOST_IN_VAIN = 5;

/**
 * Whether dead workers go on being replaced.
 *
 * Neither when they die in quick succession, nor when none of them is of any use for long: workers
 * that take half a minute to fail would otherwise be replaced for ever, while all requests wait.
 */
export class Replacements {
  readonly #budget = new RestartBudget();
  #inVain = 0;

  /** A credit has been returned: the run goes on. */
  noteUse(): void {
    this.#inVain = 0;
  }

  /** Whether one more replacement makes sense among so many workers; counts it if so. */
  take(nowNs: number, workers: number): boolean {
    return ++this.#inVain <= workers + MOST_IN_VAIN && this.#budget.take(nowNs);
  }
}
