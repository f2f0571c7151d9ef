import type { InstrumentReport, VerdictReason } from "../../../common/model/instrument.ts";
import type { Ramp } from "./load_facts.ts";

/** A verdict and what it rests on. */
export type VerdictResult = Pick<InstrumentReport, "verdict" | "reasons" | "unjudged" | "notes">;

/** What the verdict is built on: everything of the report but the verdict itself, and a little more. */
export interface VerdictFacts extends Omit<InstrumentReport, keyof VerdictResult> {
  /** Requests that succeeded. */
  readonly succeeded: number;
  /** Requests that got lost, or left no record. */
  readonly missing: number;
  /** Requests that were due and never sent, although nothing ended them or the run before its time. */
  readonly neverSent: number;
  /** Whether the run came to its end before anything was due. */
  readonly isNothingDue: boolean;
  /** How long answers were kept open after their last bytes, on average. */
  readonly keptOpenMs: number;
  /** Whether anybody told of processes and machine; not where it was killed. */
  readonly isHealthKnown: boolean;
  /** Whether how long limits held requests back is not known, and guessed. */
  readonly areWaitsGuessed: boolean;
  /** Whether conversations had several turns: then slots are kept by those, in pauses too. */
  readonly hasLaterTurns: boolean;
  /** Shape of the gamma distribution that gaps were drawn from; null: not at random. */
  readonly gapShape: number | null;
  /** The limits that requests waited for, by their flags and values; null: they waited for none. */
  readonly heldBy: string | null;
  /** What was to grow to the load asked for. */
  readonly ramps: readonly Ramp[];
  /** How long requests were sent, from the start of the phase; null: none was. */
  readonly sendingMs: number | null;
  /** The latency that the event loop's lag is held against; null when nothing succeeded. */
  readonly median: { readonly name: string; readonly ms: number } | null;
}

/** What one check found: a reason, or that there was too little to judge. */
export type Finding = VerdictReason | { readonly unjudged: string };
