import type { Credit, CreditReturn, Outcome, Phase } from "../../common/model/credit.ts";
import type { CreditAccount } from "../../common/model/report.ts";
import { BriefMap } from "../../common/runtime/brief_map.ts";

/** The account of a phase's credits; `issued` is the sum of the rest. */
export interface PhaseAccount extends CreditAccount {
  readonly inFlight: number;
}

/**
 * What became of a return: `settled` for a credit that was in flight; `late` for one that has been
 * written off, the first time; `repeated` for one that has come back before; `unknown` for one that was
 * never issued, or in another phase. Only the first changes an account.
 */
export type Settlement =
  | { readonly kind: "settled"; readonly credit: Credit }
  | { readonly kind: "late" | "repeated" | "unknown"; readonly creditReturn: CreditReturn };

const ACCOUNT_OF = {
  success: "succeeded",
  error: "failed",
  cancelled: "cancelled",
  lost: "lost",
} as const satisfies Record<Outcome, keyof CreditAccount>;

/** Keeps account of every credit of a run: each is issued once and settled once. */
export class CreditLedger {
  readonly #inFlight = new BriefMap<number, Credit>();
  readonly #accounts = new Map<Phase, Account>();
  readonly #lost: Credit[] = [];
  readonly #writtenOff = new Set<number>();
  #nextId = 0;

  /** The id that the next credit must have: ids count from 0 over all phases. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Enters a credit; throws when its id is not `nextId`. */
  issue(credit: Credit): void {
    if (credit.id !== this.#nextId) {
      throw new Error(`credit ${credit.id} is out of turn: the next id is ${this.#nextId}`);
    }
    this.#nextId++;
    this.#inFlight.set(credit.id, credit);
    const account = this.#accountOf(credit.phase);
    account.issued++;
    account.inFlight++;
  }

  /** Settles a credit by what its return says. */
  settle(creditReturn: CreditReturn): Settlement {
    const { creditId, phase, outcome } = creditReturn;
    const credit = this.#inFlight.get(creditId);
    if (credit === undefined) {
      if (this.#writtenOff.delete(creditId)) return { kind: "late", creditReturn };
      const wasIssued = creditId >= 0 && creditId < this.#nextId;
      return { kind: wasIssued ? "repeated" : "unknown", creditReturn };
    }
    if (credit.phase !== phase) return { kind: "unknown", creditReturn };
    this.#close(credit, outcome);
    return { kind: "settled", credit };
  }

  /** Settles what is still in flight in a phase as lost, and says which credits those are. */
  writeOff(phase: Phase): Credit[] {
    const missing = [...this.#inFlight.values()].filter((credit) => credit.phase === phase);
    for (const credit of missing) {
      this.#close(credit, "lost");
      this.#writtenOff.add(credit.id);
    }
    return missing;
  }

  /** The credits of a phase that are settled as lost, whoever said so. */
  lost(phase: Phase): Credit[] {
    return this.#lost.filter((credit) => credit.phase === phase);
  }

  /** The account of a phase as it is now. */
  account(phase: Phase): PhaseAccount {
    return { ...this.#accountOf(phase) };
  }

  /** The credits in flight that were issued before an instant. */
  issuedBefore(beforeNs: number): Credit[] {
    const old: Credit[] = [];
    // In the order in which they were issued.
    for (const credit of this.#inFlight.values()) {
      if (credit.issuedNs >= beforeNs) break;
      old.push(credit);
    }
    return old;
  }

  /** How many credits of a phase are in flight. */
  inFlight(phase: Phase): number {
    return this.#accountOf(phase).inFlight;
  }

  #close(credit: Credit, outcome: Outcome): void {
    this.#inFlight.delete(credit.id);
    if (outcome === "lost") this.#lost.push(credit);
    const account = this.#accountOf(credit.phase);
    account[ACCOUNT_OF[outcome]]++;
    account.inFlight--;
  }

  #accountOf(phase: Phase): Account {
    let account = this.#accounts.get(phase);
    if (account === undefined) {
      account = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0, inFlight: 0 };
      this.#accounts.set(phase, account);
    }
    return account;
  }
}

type Account = { -readonly [K in keyof PhaseAccount]: PhaseAccount[K] };
