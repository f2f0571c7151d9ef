/** Every byte alone, each in a buffer of its own. */
export function byteByByte(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** The bytes cut at any `positions`, in any order, also beyond the end: some pieces may be empty. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const ends = [...positions.map((position) => position % (bytes.length + 1)), bytes.length];
  let start = 0;
  return ends.sort((a, b) => a - b).map((end) => bytes.slice(start, start = end));
}
