import type { RequestRecord } from "../../common/model/record.ts";

const BUCKET_NS = 1e8;
const WINDOW_BUCKETS = 50;

/** Where a run stands, for progress displays; warm-up left out. */
export interface LiveView {
  /** Requests that ended, in whatever way. */
  readonly requests: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Requests that ended in the last five seconds, per second; null before the first. */
  readonly requestsPerSecond: number | null;
  /** Over every streamed answer so far; null before the first. */
  readonly avgTtftMs: number | null;
}

/** Keeps the few numbers of the live view up to date at a cost of nothing. */
export class LiveTally {
  readonly #endsPerBucket = new Map<number, number>();
  #requests = 0;
  #errors = 0;
  #cancelled = 0;
  #ttftSumNs = 0;
  #ttftCount = 0;
  #firstSentNs = Infinity;

  add(record: RequestRecord): void {
    this.#requests++;
    if (record.outcome === "error" || record.outcome === "lost") this.#errors++;
    if (record.outcome === "cancelled") this.#cancelled++;
    const ttftNs = record.chunksAfterNs[0];
    if (record.streaming && record.outcome === "success" && ttftNs !== undefined) {
      this.#ttftSumNs += ttftNs;
      this.#ttftCount++;
    }
    if (record.sentNs !== null) this.#noteTimes(record.sentNs, record.endAfterNs ?? 0);
  }

  /** `nowNs`: since the run's epoch. */
  view(nowNs: number): LiveView {
    return {
      requests: this.#requests,
      errors: this.#errors,
      cancelled: this.#cancelled,
      requestsPerSecond: this.#rate(nowNs),
      avgTtftMs: this.#ttftCount === 0 ? null : this.#ttftSumNs / this.#ttftCount / 1e6,
    };
  }

  #noteTimes(sentNs: number, endAfterNs: number): void {
    this.#firstSentNs = Math.min(this.#firstSentNs, sentNs);
    const bucket = Math.floor((sentNs + endAfterNs) / BUCKET_NS);
    this.#endsPerBucket.set(bucket, (this.#endsPerBucket.get(bucket) ?? 0) + 1);
    if (this.#endsPerBucket.size > 4 * WINDOW_BUCKETS) this.#forgetBefore(bucket);
  }

  /** Records come about in order: what is far behind is of no use to any later view. */
  #forgetBefore(latest: number): void {
    for (const bucket of this.#endsPerBucket.keys()) {
      if (bucket < latest - 2 * WINDOW_BUCKETS) this.#endsPerBucket.delete(bucket);
    }
  }

  #rate(nowNs: number): number | null {
    const elapsedNs = Math.min(nowNs - this.#firstSentNs, WINDOW_BUCKETS * BUCKET_NS);
    if (!(elapsedNs > 0)) return null;
    const from = Math.floor((nowNs - elapsedNs) / BUCKET_NS);
    let ends = 0;
    for (const [bucket, count] of this.#endsPerBucket) if (bucket >= from) ends += count;
    return ends / (elapsedNs / 1e9);
  }
}
