const PIECE_BYTES = 64 * 1024;

/** A line that is longer says nothing that is worth its reading. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * The first line of a text file that is not blank, without a byte order mark; empty without one.
 *
 * Rejects when the path is no regular file or cannot be read. Of a line of more than 16 million
 * characters it gives the beginning.
 */
export async function readFirstLine(path: string): Promise<string> {
  // Opening a pipe would wait for its writer, and reading it would take from its reader.
  if (!(await Deno.stat(path)).isFile) throw new TypeError(`${path} is no regular file`);
  using file = await Deno.open(path, { read: true });
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(PIECE_BYTES);
  let text = "";
  while (text.length < MAX_CHARACTERS) {
    const bytes = await file.read(buffer);
    const piece = bytes === null
      ? decoder.decode()
      : decodeMore(decoder, buffer.subarray(0, bytes));
    text = (text + piece).trimStart();
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
    if (bytes === null) break;
  }
  return text;
}

function decodeMore(decoder: TextDecoder, bytes: Uint8Array<ArrayBuffer>): string {
  return decoder.decode(bytes, { stream: true });
}
