import type { Outcome, Phase } from "../../common/model/credit.ts";
import type { RequestRecord } from "../../common/model/record.ts";
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
  /** The last position in its phase that a record has told of. */
  readonly #lastIndex: Record<Phase, number> = { warmup: -1, profiling: -1 };

  /** Counts a record; false for a credit that has a record already. */
  add({ creditId, phase, index, outcome }: Counted): boolean {
    if (!this.#seen.add(creditId)) return false;
    this.#accounts[phase][COUNT_OF[outcome]]++;
    if (index > this.#lastIndex[phase]) this.#lastIndex[phase] = index;
    return true;
  }

  /** Whether a credit has a record. */
  has(creditId: number): boolean {
    return this.#seen.has(creditId);
  }

  /** Notes how many credits a phase has issued in all. */
  expect(phase: Phase, issued: number): void {
    this.#accounts[phase].issued = issued;
  }

  /**
   * The account of a phase so far. A phase that did not tell its end has issued what came, and what
   * comes before that in its order.
   */
  account(phase: Phase): CreditAccount {
    const account = this.#accounts[phase];
    const known = Math.max(recorded(account), this.#lastIndex[phase] + 1);
    return { ...account, issued: Math.max(account.issued, known) };
  }

  /** Records so far. */
  get records(): number {
    return recorded(this.#accounts.warmup) + recorded(this.#accounts.profiling);
  }

  /** Records that must still come, by what the phases have issued. */
  get missing(): number {
    return this.#issued - this.records;
  }

  /** The first credits without a record, at most `most` of them. */
  missingIds(most: number): number[] {
    const ids: number[] = [];
    const issued = this.#issued;
    for (let id = 0; id < issued && ids.length < most; id++) {
      if (!this.#seen.has(id)) ids.push(id);
    }
    return ids;
  }

  /** Credits of all phases; their ids are the integers below. */
  get #issued(): number {
    return this.account("warmup").issued + this.account("profiling").issued;
  }
}

/** What a record counts by. */
type Counted = Pick<RequestRecord, "creditId" | "phase" | "index" | "outcome">;

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

  has(id: number): boolean {
    return ((this.#words[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
  }
}

function recorded({ succeeded, failed, cancelled, lost }: CreditAccount): number {
  return succeeded + failed + cancelled + lost;
}

function emptyAccount(): CreditAccount {
  return { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
}
