import { type CutOffReport, type Verdict, VERDICTS } from "../../../common/model/instrument.ts";
import { CHECKS } from "./checks.ts";
import type { VerdictFacts, VerdictResult } from "./finding.ts";

/**
 * Judges whether the load was kept and whether the times can be believed.
 *
 * The numbers stay what they are, whatever the verdict.
 */
export function verdictOn(facts: VerdictFacts): VerdictResult {
  const findings = CHECKS.flatMap((check) => check(facts));
  const reasons = findings
    .filter((finding) => "level" in finding)
    .filter(({ level }) => level !== "VALID")
    .sort((a, b) => gravity(b.level) - gravity(a.level));
  const unjudged = findings.flatMap((finding) => "unjudged" in finding ? finding.unjudged : []);
  return {
    verdict: reasons[0]?.level ?? "VALID",
    reasons,
    unjudged: [...new Set(unjudged)],
    notes: notesOn(facts),
  };
}

function gravity(level: Verdict): number {
  return VERDICTS.indexOf(level);
}

/** From here on the lateness of a cold start is worth mentioning. */
const NOTABLE_COLD_MS = 10;

/** From here on it is worth mentioning that answers were kept open. */
const NOTABLE_OPEN_MS = 10;

function notesOn(facts: VerdictFacts): string[] {
  const { lateness, machine, concurrency, cancellation, hasLaterTurns, isHealthKnown } = facts;
  const notes: string[] = [];
  if (hasLaterTurns && concurrency !== null && concurrency.asked !== null) {
    notes.push(
      "Conversations keep their slots in the pauses between their turns: " +
        (facts.prefill === null
          ? "what is judged is how many slots were in use, not how many requests were in flight."
          : "under a prefill limit it is not judged how many requests were in flight."),
    );
  }
  if (facts.keptOpenMs >= NOTABLE_OPEN_MS) {
    notes.push(
      `The server kept its answers open for ${
        facts.keptOpenMs.toFixed(0)
      } ms on average after their ` +
        "last bytes: until then they are in flight, and nothing takes their place.",
    );
  }
  if (cancellation !== null && cancellation.endedBefore > 0) notes.push(cutOffNote(cancellation));
  const cold = lateness?.cold ?? null;
  if (cold !== null && cold.maxMs >= NOTABLE_COLD_MS) {
    const requests = cold.requests === 1 ? "request" : `${cold.requests} requests`;
    notes.push(
      `The first ${requests} met a cold start and left up to ${cold.maxMs.toFixed(0)} ms late; ` +
        "--warmup-request-count keeps such requests out of the results.",
    );
  }
  if (facts.areWaitsGuessed) {
    notes.push(
      "The journal is of an older aiperf, which did not tell how long requests waited for a slot: " +
        "all that the timing manager was late by is taken for such a wait.",
    );
  }
  if (!isHealthKnown) {
    notes.push(
      "How busy processes and machine were is not known: the tool ended before it could say so.",
    );
  } else if (machine === null) notes.push("The system does not tell how busy the machine was.");
  return notes;
}

function cutOffNote({ asked, delayMs, cancelled, endedBefore }: CutOffReport): string {
  return `${asked} ${asked === 1 ? "request was" : "requests were"} to be cut off ` +
    `${delayMs / 1000} s after being sent: ${cancelled} ${cancelled === 1 ? "was" : "were"}, ` +
    `${endedBefore} had ended before. A shorter --request-cancellation-delay reaches more.`;
}
