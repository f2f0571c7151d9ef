import { wavSeconds } from "../../common/media/wav_duration.ts";
import { inlineMedia } from "./endpoints/media_parts.ts";

/** Enough for what stands before the sound itself, in characters of base64: groups of four. */
const HEAD_CHARACTERS = 64 * 1024;

/**
 * How long a sound is, in seconds, by the header of its WAV file.
 *
 * null when it is no data URI of base64, or no WAV file: other formats say it nowhere, or only after
 * all of them has been read.
 */
export function audioSeconds(uri: string): number | null {
  const inline = inlineMedia(uri);
  if (inline === null) return null;
  const { base64 } = inline;
  const head = decode(base64.slice(0, HEAD_CHARACTERS));
  return head && wavSeconds(head, bytesIn(base64));
}

function decode(base64: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return null;
  }
}

function bytesIn(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor(base64.length * 3 / 4) - padding;
}
