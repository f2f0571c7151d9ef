interface Entry<T> {
  readonly item: T;
  readonly key: number;
  /** Among equal keys the first to come is the first to go. */
  readonly order: number;
}

/** Things in the order of a number, usually of when they are due: a binary heap. */
export class DueQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The smallest number; null when the queue is empty. */
  get firstKey(): number | null {
    return this.#heap[0]?.key ?? null;
  }

  /** The smallest number but one; null when there are fewer than two things. */
  get secondKey(): number | null {
    const [, left, right] = this.#heap;
    if (left === undefined) return null;
    return right === undefined ? left.key : Math.min(left.key, right.key);
  }

  /** The first thing; null when the queue is empty. */
  get first(): T | null {
    return this.#heap[0]?.item ?? null;
  }

  /** The numbers of all things, in no order. */
  keys(): number[] {
    return this.#heap.map(({ key }) => key);
  }

  /** How many things have a smaller number. */
  countBefore(key: number): number {
    let count = 0;
    for (const entry of this.#heap) if (entry.key < key) count++;
    return count;
  }

  add(item: T, key: number): void {
    const heap = this.#heap;
    const entry = { item, key, order: this.#added++ };
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Removes the first thing and returns it; throws when the queue is empty. */
  take(): T {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new Error("the queue is empty");
    if (heap.length > 0) this.#sink(last);
    return first.item;
  }

  /** Puts an entry at the top and lets it down to its place. */
  #sink(entry: Entry<T>): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, entry)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}
