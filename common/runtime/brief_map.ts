/**
 * A map for entries that come and go by the thousand: what is deleted can be collected at once.
 *
 * A `Map` that entries come to and go from gets a new table every few of them, and a table that it
 * has left behind leads to the next one. Once one of them is among the engine's old objects, which
 * the collector of young ones takes to be alive, so are all that follow, with every value ever in
 * them, until the next full collection. Here the tables hold boxes, and those get emptied.
 *
 * Keys are primitive, as a table keeps them. Entries are iterated in the order in which they came.
 */
export class BriefMap<K extends number | string, V> {
  readonly #boxes = new Map<K, { value: V | undefined }>();

  /** How many entries there are. */
  get size(): number {
    return this.#boxes.size;
  }

  /** Whether there is an entry with this key. */
  has(key: K): boolean {
    return this.#boxes.has(key);
  }

  /** The value of a key; undefined when there is none. */
  get(key: K): V | undefined {
    return this.#boxes.get(key)?.value;
  }

  /** Adds an entry, or gives the one that is there another value, at the same place in the order. */
  set(key: K, value: V): void {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
  }

  /** Removes an entry; returns whether there was one. */
  delete(key: K): boolean {
    const box = this.#boxes.get(key);
    if (box === undefined) return false;
    box.value = undefined;
    return this.#boxes.delete(key);
  }

  /** Removes all entries. */
  clear(): void {
    for (const box of this.#boxes.values()) box.value = undefined;
    this.#boxes.clear();
  }

  /** The values, those that come meanwhile included. */
  *values(): Generator<V> {
    for (const { value } of this.#boxes.values()) yield value!;
  }

  /** Keys with their values, those that come meanwhile included. */
  *[Symbol.iterator](): Generator<[K, V]> {
    for (const [key, { value }] of this.#boxes) yield [key, value!];
  }
}
