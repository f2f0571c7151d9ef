import type { LoadPlan } from "../../common/model/run_config.ts";
import type { TraceStarts } from "./trace_starts.ts";

/** A trace that begins later than so long after its origin has its times from another clock. */
const MAX_INITIAL_WAIT_MS = 24 * 3600 * 1000;

/** Thrown when a data set cannot be replayed; the message completes "--fixed-schedule: ". */
export class TraceError extends Error {
  override readonly name = "TraceError";
}

/** What a fixed schedule wants of a trace. */
export type TraceCut = Pick<
  Extract<LoadPlan, { kind: "fixed_schedule" }>,
  "originMs" | "startMs" | "endMs"
>;

/** Whether a conversation that begins then is to be replayed. */
export function isInCut(startMs: number, { startMs: from, endMs }: TraceCut): boolean {
  return startMs >= (from ?? -Infinity) && startMs <= (endMs ?? Infinity);
}

function whyEmpty(starts: TraceStarts, { startMs, endMs }: TraceCut): string {
  if (starts.length === 0) return "there is no conversation";
  let [earliest, latest] = [Infinity, -Infinity];
  for (let i = 0; i < starts.length; i++) {
    earliest = Math.min(earliest, starts.at(i)!);
    latest = Math.max(latest, starts.at(i)!);
  }
  const from = startMs === null ? "" : ` from --fixed-schedule-start-offset ${startMs} on`;
  const to = endMs === null ? "" : ` up to --fixed-schedule-end-offset ${endMs}`;
  return `no conversation starts${from}${to}; the timestamps go from ${earliest} to ${latest}`;
}

/**
 * What is replayed of a trace, in the order in which it starts.
 *
 * It grows while it is replayed. A start that comes to be known behind later ones takes its place
 * among those that have not been asked for; if its time has passed by then, it is late.
 */
export class Trace {
  /** The timestamp that is the start of the phase. */
  readonly originMs: number;
  readonly #starts: TraceStarts;
  readonly #cut: TraceCut;
  #timesMs: number[] = [];
  #conversations: number[] = [];
  /** How many of the data set's starts were looked at, and how many of ours were asked for. */
  #seen = 0;
  #asked = 0;

  /**
   * Throws a TraceError when a conversation has no timestamp, when nothing is to be replayed, and
   * when the first start would be waited for over a day, as with timestamps that count from 1970.
   */
  constructor(starts: TraceStarts, cut: TraceCut) {
    this.#starts = starts;
    this.#cut = cut;
    this.#pull();
    const first = this.#timesMs[0];
    if (first === undefined) throw new TraceError(whyEmpty(starts, cut));
    this.originMs = cut.originMs ?? first;
    if (first - this.originMs <= MAX_INITIAL_WAIT_MS) return;
    throw new TraceError(
      `the first conversation is due ${Math.round((first - this.originMs) / 3_600_000)} hours ` +
        "after the start; --fixed-schedule-auto-offset begins with it",
    );
  }

  /** How many starts there are; Infinity as long as more may come. */
  get length(): number {
    this.#pull();
    return this.#starts.isFinal ? this.#timesMs.length : Infinity;
  }

  /** The conversation that starts at place `index`; null: that is not known yet. */
  conversationAt(index: number): number | null {
    this.#pull();
    const conversation = this.#conversations[index];
    if (conversation === undefined) return null;
    this.#asked = Math.max(this.#asked, index + 1);
    return conversation;
  }

  /** When the start at place `index` is due, on the trace's own clock; null: not known yet. */
  timeAt(index: number): number | null {
    return this.#timesMs[index] ?? null;
  }

  /** How many starts are due before `timeMs`, as far as is known. */
  countBefore(timeMs: number): number {
    return placeOf(this.#timesMs, timeMs, 0);
  }

  /** Resolves when more may be known. */
  whenMore(): Promise<void> {
    return this.#starts.whenMore();
  }

  /** Takes over what has come to be known. */
  #pull(): void {
    const fresh: Start[] = [];
    for (; this.#seen < this.#starts.length; this.#seen++) {
      const timeMs = this.#starts.at(this.#seen);
      if (timeMs === null) throw new TraceError(`conversation ${this.#seen + 1} has no timestamp`);
      if (isInCut(timeMs, this.#cut)) fresh.push({ timeMs, conversation: this.#seen });
    }
    if (fresh.length > 0) this.#merge(fresh.sort((a, b) => a.timeMs - b.timeMs));
  }

  #merge(fresh: readonly Start[]): void {
    const from = Math.max(this.#asked, placeAfter(this.#timesMs, fresh[0]!.timeMs));
    const times = this.#timesMs.splice(from);
    const conversations = this.#conversations.splice(from);
    let old = 0;
    const takeOld = (untilMs: number) => {
      for (; old < times.length && times[old]! <= untilMs; old++) {
        this.#timesMs.push(times[old]!);
        this.#conversations.push(conversations[old]!);
      }
    };
    for (const { timeMs, conversation } of fresh) {
      takeOld(timeMs);
      this.#timesMs.push(timeMs);
      this.#conversations.push(conversation);
    }
    takeOld(Infinity);
  }
}

interface Start {
  readonly timeMs: number;
  /** Position in the data set. */
  readonly conversation: number;
}

/** Behind all times up to `timeMs`. */
function placeAfter(times: readonly number[], timeMs: number): number {
  return times.length === 0 || times.at(-1)! <= timeMs ? times.length : placeOf(times, timeMs, 1);
}

/** How many times are before `timeMs`, or with `orEqual` 1 not after it; `times` must be ascending. */
function placeOf(times: readonly number[], timeMs: number, orEqual: 0 | 1): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const isBefore = orEqual ? times[middle]! <= timeMs : times[middle]! < timeMs;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
