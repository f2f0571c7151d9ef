import type { LoadPlan } from "../../common/model/run_config.ts";
import { DueQueue } from "../../common/runtime/due_queue.ts";
import type { Outlines } from "./outlines.ts";
import { afterPause, type Departure, type Pattern } from "./pattern.ts";
import type { Session, SessionSource } from "./sessions.ts";

/** A trace that begins later than so long after its origin has its times from another clock. */
const MAX_INITIAL_WAIT_MS = 24 * 3600 * 1000;

/** The start of a conversation in a recorded trace. */
export interface TraceStart {
  readonly conversationIndex: number;
  /** On the trace's own clock. */
  readonly timestampMs: number;
}

/** What is replayed of a trace. */
export interface Trace {
  /** In the order in which they start. */
  readonly starts: readonly TraceStart[];
  /** The timestamp that is the start of the phase. */
  readonly originMs: number;
}

/** Thrown when a data set cannot be replayed; the message completes "--fixed-schedule: ". */
export class TraceError extends Error {
  override readonly name = "TraceError";
}

type FixedSchedulePlan = Extract<LoadPlan, { kind: "fixed_schedule" }>;

/**
 * Cuts out of a data set, all of whose outlines must be known, what the plan wants replayed.
 *
 * Throws a TraceError when a conversation has no timestamp, when nothing is left, and when the first
 * one would be waited for over a day, as with timestamps that count from 1970.
 */
export function cutTrace(
  outlines: Outlines,
  entries: number,
  { originMs, startMs, endMs }: Pick<FixedSchedulePlan, "originMs" | "startMs" | "endMs">,
): Trace {
  const starts: TraceStart[] = [];
  for (let conversationIndex = 0; conversationIndex < entries; conversationIndex++) {
    const timestampMs = outlines.turnsOf(conversationIndex)?.[0]?.timestampMs ?? null;
    if (timestampMs === null) {
      throw new TraceError(`conversation ${conversationIndex + 1} has no timestamp`);
    }
    if (timestampMs < (startMs ?? -Infinity) || timestampMs > (endMs ?? Infinity)) continue;
    starts.push({ conversationIndex, timestampMs });
  }
  if (starts.length === 0) throw new TraceError("no conversation starts in the time asked for");
  starts.sort((a, b) => a.timestampMs - b.timestampMs);
  const first = starts[0]!.timestampMs;
  if (first - (originMs ?? first) > MAX_INITIAL_WAIT_MS) {
    throw new TraceError(
      `the first conversation is due ${Math.round((first - originMs!) / 3_600_000)} hours after ` +
        "the start; --fixed-schedule-auto-offset begins with it",
    );
  }
  return { starts, originMs: originMs ?? first };
}

/**
 * A trace: each session starts at its timestamp, and goes on at the timestamps of its later turns,
 * or where they have none, at their pause after the answer before.
 *
 * A turn whose timestamp passes before the answer that it follows is due when that has come.
 */
export class FixedSchedule implements Pattern {
  readonly #sessions: SessionSource;
  readonly #trace: Trace;
  readonly #startNs: number;
  readonly #waiting = new DueQueue<Session>();

  /** `sessions`: runs through the conversations of the trace in order. */
  constructor(sessions: SessionSource, trace: Trace, startNs: number) {
    this.#sessions = sessions;
    this.#trace = trace;
    this.#startNs = startNs;
  }

  readonly isExhausted = false;

  next(slotNs: number | null): Departure | null {
    const turnNs = this.#waiting.firstKey;
    const turn = turnNs === null
      ? null
      : { session: this.#waiting.first, dueNs: turnNs, atNs: turnNs };
    const start = this.#trace.starts[this.#sessions.started];
    if (slotNs === null || start === undefined) return turn;
    const dueNs = this.#dueNs(start.timestampMs);
    const atNs = Math.max(dueNs, slotNs);
    return turn !== null && turn.atNs <= atNs ? turn : { session: null, dueNs, atNs };
  }

  depart({ session }: Departure): Session {
    return session === null ? this.#sessions.start() : this.#waiting.take();
  }

  goOn(session: Session, nowNs: number): void {
    const { timestampMs, delayMs } = session.nextTurn;
    const dueNs = timestampMs === null
      ? afterPause(delayMs, nowNs)
      : Math.max(nowNs, this.#dueNs(timestampMs));
    this.#waiting.add(session, dueNs);
  }

  countUnsent(endNs: number, most: number): number {
    if (this.#sessions.isExhausted) return 0;
    const due = this.#trace.starts.slice(this.#sessions.started)
      .filter(({ timestampMs }) => this.#dueNs(timestampMs) < endNs);
    return Math.min(due.length, most);
  }

  #dueNs(timestampMs: number): number {
    return this.#startNs + Math.round((timestampMs - this.#trace.originMs) * 1e6);
  }
}
