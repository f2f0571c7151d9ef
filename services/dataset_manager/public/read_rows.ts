import { arrayElements } from "./json_array.ts";
import type { FileKind, Row } from "./public_set.ts";

/** Rows of a Parquet file that are read at a time. */
const BATCH = 100;

/** Reads the rows of a file one after the other, never holding more than a few. */
export async function* readRows(
  path: string,
  kind: FileKind,
  columns: readonly string[],
): AsyncGenerator<Row> {
  if (kind === "parquet") return yield* readParquet(path, columns);
  const texts = kind === "json" ? arrayElements(textOf(path)) : linesOf(textOf(path));
  for await (const text of texts) {
    const row = parse(text);
    if (row !== null) yield row;
  }
}

async function* readParquet(path: string, columns: readonly string[]): AsyncGenerator<Row> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] =
    await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  using file = await Deno.open(path);
  const buffer = { byteLength: (await file.stat()).size, slice: sliceOf(file) };
  const metadata = await parquetMetadataAsync(buffer);
  const there = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const rows = Number(metadata.num_rows);
  for (let start = 0; start < rows; start += BATCH) {
    yield* await parquetReadObjects({
      file: buffer,
      metadata,
      compressors,
      columns: columns.filter((column) => there.has(column)),
      rowStart: start,
      rowEnd: Math.min(rows, start + BATCH),
      // Without it, the bytes of pictures would become text.
      utf8: false,
    });
  }
}

/** Without a turn of the event loop: two readers would move the one position of the file. */
function sliceOf(file: Deno.FsFile): (start: number, end?: number) => ArrayBuffer {
  return (start, end) => {
    const bytes = new Uint8Array((end ?? file.statSync().size) - start);
    file.seekSync(start, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const read = file.readSync(bytes.subarray(at));
      if (read === null) break;
      at += read;
    }
    return bytes.buffer;
  };
}

async function* textOf(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(256 * 1024);
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    yield decoder.decode(buffer.subarray(0, read), { stream: true });
  }
  yield decoder.decode();
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}

/** What is no object is left out: a public data set is not for the user to mend. */
function parse(text: string): Row | null {
  try {
    const row = JSON.parse(text);
    return typeof row === "object" && row !== null && !Array.isArray(row) ? row : null;
  } catch {
    return null;
  }
}
