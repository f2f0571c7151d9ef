/** What files begin with that hold no text, and what to do with them. */
const KINDS: readonly (readonly [bytes: readonly number[], problem: string])[] = [
  [[0x1f, 0x8b], "is compressed (gzip): unpack it first"],
  [[0x28, 0xb5, 0x2f, 0xfd], "is compressed (zstd): unpack it first"],
  [[0x42, 0x5a, 0x68], "is compressed (bzip2): unpack it first"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed (xz): unpack it first"],
  [[0x50, 0x4b, 0x03, 0x04], "is an archive (zip): unpack it first"],
  [[0x50, 0x41, 0x52, 0x31], "is a Parquet file: make JSON lines of it first"],
  [[0xff, 0xfe], "is UTF-16: save it as UTF-8"],
  [[0xfe, 0xff], "is UTF-16: save it as UTF-8"],
];

/** Why a file that begins so is of no use; null: nothing speaks against it. */
export function kindProblem(head: Uint8Array): string | null {
  const kind = KINDS.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
  return kind?.[1] ?? null;
}
