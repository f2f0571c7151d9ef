import type { Outcome } from "../../../common/model/credit.ts";
import type { MovedTurns } from "../../../common/model/instrument.ts";
import { NOT_SENT_IN_TIME, type RequestRecord } from "../../../common/model/record.ts";
import { Column } from "../../../common/stats/column.ts";
import { SHORTEST_MOVE_MS } from "./thresholds.ts";
import { type Intervals, maxOpen } from "../../../common/stats/time_weighted.ts";
import { handOverDelayNs, issueDelayNs } from "../lateness_parts.ts";

/** The error types that say that this machine, not the server, was at its end. */
const NO_PORT = "NoFreePort";
const NO_FILE = "TooManyOpenFiles";

/** A turn of a trace that is due less than that behind its timestamp is due at it. */
const SHORTEST_MOVE_NS = SHORTEST_MOVE_MS * 1e6;

/** The times of one request that was sent, in nanoseconds. */
export interface SentRequests {
  /** Position by position the same request; instants are since the run's epoch. */
  readonly dueNs: Float64Array;
  readonly sentNs: Float64Array;
  readonly endNs: Float64Array;
  readonly issueNs: Float64Array;
  readonly handOverNs: Float64Array;
  /** How long after it was due a limit held it back; 0: not at all. */
  readonly slotWaitNs: Float64Array;
}

/** The connections of requests that were sent. */
export interface TalliedConnections {
  /** How long those took to open that were opened. */
  readonly openedInNs: Float64Array;
  readonly reused: number;
  /** Those that were opened in place of closed ones. */
  readonly reconnects: number;
  /** The most that each worker had at once, added up; 0: nobody knows. */
  readonly mostOpen: number;
  /** Requests that failed, and of whose connection nothing is known. */
  readonly unconnected: number;
}

/**
 * Keeps what the proof of the load needs of every request that was sent, whatever became of it.
 *
 * Five numbers a request, one more for each connection and two for each pause between turns: a
 * million requests of one turn take 40 to 48 MB. Two more where prefills are counted, and for each
 * request that a limit held back.
 */
export class LoadTally {
  readonly #dueNs = new Column();
  readonly #sentNs = new Column();
  readonly #endNs = new Column();
  readonly #issueNs = new Column();
  readonly #handOverNs = new Column();
  /** How long requests were held back, and which. */
  readonly #slotWaitNs = new Column();
  readonly #held = new Column();
  /** The pauses between the turns of a session, when they begin and when they are over. */
  readonly #pauseNs = new Column();
  readonly #resumeNs = new Column();
  /** When requests were let go and had their first token; null: nobody asks. */
  readonly #prefills: { readonly startNs: Column; readonly endNs: Column } | null;
  readonly #perWorker = new Map<string, number>();
  readonly #connectNs = new Column();
  #reused = 0;
  #reconnects = 0;
  readonly #mostOpen = new Map<string, number>();
  #unconnected = 0;
  #outOfPorts = 0;
  #outOfFiles = 0;
  #hasLaterTurns = false;
  #calledOff = 0;
  #notSentInTime = 0;
  #moved = 0;
  #longestMoveNs = 0;
  #answered = 0;
  #keptOpenNs = 0;
  #cutOffs = { asked: 0, cancelled: 0, endedBefore: 0 };

  /** `countsPrefills`: whether `mostPrefills` will be asked for. */
  constructor({ countsPrefills = false } = {}) {
    this.#prefills = countsPrefills ? { startNs: new Column(), endNs: new Column() } : null;
  }

  /** Takes in a record of the profiling phase. */
  add(record: RequestRecord): void {
    const { workerId, dueNs, sentNs, endAfterNs, error } = record;
    if (error?.type === NO_PORT) this.#outOfPorts++;
    if (error?.type === NO_FILE) this.#outOfFiles++;
    if (error?.type === NOT_SENT_IN_TIME) this.#notSentInTime++;
    if (record.turnIndex > 0) this.#hasLaterTurns = true;
    if (record.cancelAfterNs !== undefined) this.#addCutOff(record.outcome);
    if (sentNs === null) {
      if (record.outcome === "cancelled") this.#calledOff++;
      return;
    }
    this.#addConnection(record);
    this.#perWorker.set(workerId, (this.#perWorker.get(workerId) ?? 0) + 1);
    if ((record.movedNs ?? 0) >= SHORTEST_MOVE_NS) this.#moved++;
    this.#longestMoveNs = Math.max(this.#longestMoveNs, record.movedNs ?? 0);
    if (record.slotWaitNs !== undefined) {
      this.#held.push(this.#dueNs.length);
      this.#slotWaitNs.push(record.slotWaitNs);
    }
    this.#dueNs.push(dueNs);
    this.#sentNs.push(sentNs);
    const closedNs = sentNs + (record.closedAfterNs ?? endAfterNs ?? 0);
    this.#endNs.push(closedNs);
    this.#issueNs.push(issueDelayNs(record));
    this.#handOverNs.push(handOverDelayNs(record));
    this.#prefills?.startNs.push(record.issuedNs);
    this.#prefills?.endNs.push(sentNs + (record.chunksAfterNs[0] ?? endAfterNs ?? 0));
    if (record.turnIndex > 0) this.#resumeNs.push(sentNs);
    if (record.outcome !== "success") return;
    this.#answered++;
    this.#keptOpenNs += closedNs - sentNs - (endAfterNs ?? 0);
    if (!record.isLastTurn) this.#pauseNs.push(closedNs);
  }

  #addCutOff(outcome: Outcome): void {
    this.#cutOffs.asked++;
    if (outcome === "cancelled") this.#cutOffs.cancelled++;
    else if (outcome !== "lost") this.#cutOffs.endedBefore++;
  }

  #addConnection(record: RequestRecord): void {
    const { connectNs, outcome, workerId, openConnections: open } = record;
    if (record.isReconnect) this.#reconnects++;
    if (open !== null && open > (this.#mostOpen.get(workerId) ?? 0)) {
      this.#mostOpen.set(workerId, open);
    }
    if (connectNs === 0) this.#reused++;
    else if (connectNs !== null) this.#connectNs.push(connectNs);
    else if (outcome === "error") this.#unconnected++;
  }

  /** How the requests came by their connections. */
  get connections(): TalliedConnections {
    let mostOpen = 0;
    for (const open of this.#mostOpen.values()) mostOpen += open;
    return {
      openedInNs: wide(this.#connectNs),
      reused: this.#reused,
      reconnects: this.#reconnects,
      mostOpen,
      unconnected: this.#unconnected,
    };
  }

  /** Requests that were sent. */
  get sent(): number {
    return this.#sentNs.length;
  }

  /** The turns of a trace that were due later than it says; null: none was. */
  get moved(): MovedTurns | null {
    if (this.#moved === 0) return null;
    return { requests: this.#moved, maxMs: this.#longestMoveNs / 1e6 };
  }

  /** How long answers were kept open after their last bytes, on average; 0 without answers. */
  get keptOpenMs(): number {
    return this.#answered === 0 ? 0 : this.#keptOpenNs / this.#answered / 1e6;
  }

  /** Requests that were cancelled before they were sent. */
  get calledOff(): number {
    return this.#calledOff;
  }

  /** Requests whose time was up before they were sent. */
  get notSentInTime(): number {
    return this.#notSentInTime;
  }

  /** Whether any session had more than one turn: then slots are sessions, not requests. */
  get hasLaterTurns(): boolean {
    return this.#hasLaterTurns;
  }

  /**
   * The most sessions that had a slot at the same time. A session keeps its slot from its first turn
   * to the end of its last one, pauses included.
   */
  get mostSessions(): number {
    return maxOpen(this.slots());
  }

  /** The most requests without a first token at the same time; 0: they were not counted. */
  get mostPrefills(): number {
    if (this.#prefills === null) return 0;
    const { startNs, endNs } = this.#prefills;
    return maxOpen({ starts: wide(startNs), ends: wide(endNs) });
  }

  /** From when to when slots were taken, each for a request or for the pause after one. */
  slots(): Intervals {
    const starts = joined(this.#sentNs, this.#pauseNs);
    return { starts, ends: joined(this.#endNs, this.#resumeNs) };
  }

  /** From being sent to the first token, of all requests; null: they were not counted. */
  prefills(): Intervals | null {
    if (this.#prefills === null) return null;
    return { starts: wide(this.#sentNs), ends: wide(this.#prefills.endNs) };
  }

  /** How many requests were to be cut off, and what became of them. */
  get cutOffs(): Readonly<{ asked: number; cancelled: number; endedBefore: number }> {
    return this.#cutOffs;
  }

  get outOfPorts(): number {
    return this.#outOfPorts;
  }

  get outOfFiles(): number {
    return this.#outOfFiles;
  }

  /** How many requests each worker has sent, by its id. */
  get perWorker(): ReadonlyMap<string, number> {
    return this.#perWorker;
  }

  /** Copies of the times of all requests, in the order in which they ended. */
  requests(): SentRequests {
    return {
      dueNs: wide(this.#dueNs),
      sentNs: wide(this.#sentNs),
      endNs: wide(this.#endNs),
      issueNs: wide(this.#issueNs),
      handOverNs: wide(this.#handOverNs),
      slotWaitNs: this.#slotWaits(),
    };
  }

  #slotWaits(): Float64Array {
    const waits = new Float64Array(this.sent);
    const waitsNs = this.#slotWaitNs.toArray();
    this.#held.toArray().forEach((position, i) => waits[position] = waitsNs[i]!);
    return waits;
  }
}

function wide(column: Column): Float64Array {
  const numbers = column.toArray();
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}

function joined(one: Column, other: Column): Float64Array {
  const all = new Float64Array(one.length + other.length);
  all.set(one.toArray());
  all.set(other.toArray(), one.length);
  return all;
}
