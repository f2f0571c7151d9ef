import type { Outcome, Phase } from "../../common/model/credit.ts";
import type { CreditAccount } from "../../common/model/report.ts";

type Count = Exclude<keyof CreditAccount, "issued">;

const COUNT_OF: Readonly<Record<Outcome, Count>> = {
  success: "succeeded",
  error: "failed",
  cancelled: "cancelled",
  lost: "lost",
};

/** Counts records by phase and outcome and knows how many are still to come. */
export class Tally {
  readonly #accounts: Record<Phase, CreditAccount> = {
    warmup: emptyAccount(),
    profiling: emptyAccount(),
  };
  readonly #seen = new CreditSet();

  /** Counts a record; false for a credit that has a record already. */
  add(creditId: number, phase: Phase, outcome: Outcome): boolean {
    if (!this.#seen.add(creditId)) return false;
    this.#accounts[phase][COUNT_OF[outcome]]++;
    return true;
  }

  /** Notes how many credits a phase has issued in all. */
  expect(phase: Phase, issued: number): void {
    this.#accounts[phase].issued = issued;
  }

  /** The account of a phase so far; a phase that did not tell its end has issued what came. */
  account(phase: Phase): CreditAccount {
    const account = this.#accounts[phase];
    return { ...account, issued: Math.max(account.issued, recorded(account)) };
  }

  /** Records so far. */
  get records(): number {
    return recorded(this.#accounts.warmup) + recorded(this.#accounts.profiling);
  }

  /** Records that must still come, by what the phases said they issued. */
  get missing(): number {
    const { warmup, profiling } = this.#accounts;
    return Math.max(0, warmup.issued - recorded(warmup)) +
      Math.max(0, profiling.issued - recorded(profiling));
  }
}

/** Which credits have a record: one bit each, since a run may have millions. */
class CreditSet {
  #words = new Uint32Array(1024);

  /** Adds an id; false when it was there. */
  add(id: number): boolean {
    const word = id >>> 5;
    if (word >= this.#words.length) {
      const grown = new Uint32Array(Math.max(word + 1, 2 * this.#words.length));
      grown.set(this.#words);
      this.#words = grown;
    }
    const bit = 1 << (id & 31);
    if ((this.#words[word]! & bit) !== 0) return false;
    this.#words[word]! |= bit;
    return true;
  }
}

function recorded({ succeeded, failed, cancelled, lost }: CreditAccount): number {
  return succeeded + failed + cancelled + lost;
}

function emptyAccount(): CreditAccount {
  return { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
}
