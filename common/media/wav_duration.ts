const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/**
 * How long the sound in a WAV file is, in seconds, by its header; null when it is no WAV file.
 *
 * `head`: the beginning of the file, which has `totalBytes`.
 */
export function wavSeconds(head: Uint8Array, totalBytes: number): number | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length <= RIFF_HEADER_BYTES) return null;
  if (textAt(head, 0) !== "RIFF" || textAt(head, 8) !== "WAVE") return null;
  let bytesPerSecond = 0;
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= head.length) {
    const name = textAt(head, at);
    const size = view.getUint32(at + 4, true);
    at += CHUNK_HEADER_BYTES;
    if (name === "fmt " && at + 12 <= head.length) bytesPerSecond = view.getUint32(at + 8, true);
    if (name === "data") {
      // Who writes while recording leaves the size open, or says too much.
      const bytes = Math.min(size === 0 ? Infinity : size, totalBytes - at);
      return bytesPerSecond > 0 && bytes > 0 ? bytes / bytesPerSecond : null;
    }
    // Chunks begin at even places.
    at += size + size % 2;
  }
  return null;
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
