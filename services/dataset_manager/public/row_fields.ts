import type { PublicEntry, Row } from "./public_set.ts";

/** The first bytes of images, and what they say. */
const MAGIC: readonly (readonly [bytes: readonly number[], type: string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], "png"],
  [[0xff, 0xd8, 0xff], "jpeg"],
  [[0x47, 0x49, 0x46, 0x38], "gif"],
  [[0x52, 0x49, 0x46, 0x46], "webp"],
];

/** An entry of one turn; null when there is nothing to say. */
export function oneTurn(
  text: string | null,
  rest: { images?: readonly string[]; answer?: string | null } = {},
): PublicEntry | null {
  if (text === null || text.trim() === "") return null;
  return { turns: [text], images: rest.images ?? [], answer: rest.answer ?? null };
}

/** The text in a field; null: there is none. */
export function textOf(row: unknown, name: string): string | null {
  if (typeof row !== "object" || row === null) return null;
  const value = (row as Row)[name];
  return typeof value === "string" ? value : null;
}

/** The list in a field; empty: there is none. */
export function listOf(row: Row, name: string): readonly unknown[] {
  const value = row[name];
  return Array.isArray(value) ? value : [];
}

/** An image as Hugging Face's data sets hold it, as a data URI; null: there is none. */
export function imageOf(value: unknown): string | null {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
  if (!(bytes instanceof Uint8Array)) return null;
  const magic = MAGIC.find(([start]) => start.every((byte, at) => bytes[at] === byte));
  return magic === undefined ? null : `data:image/${magic[1]};base64,${base64(bytes)}`;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // In pieces: so many arguments are not possible.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}
