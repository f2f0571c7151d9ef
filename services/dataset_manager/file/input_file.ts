import { BadInputError } from "../../../common/service/bad_input_error.ts";
import type { Span } from "./line_index.ts";
import type { ByteSource } from "./read_lines.ts";

/** A file that is read once from its beginning, and then here and there. */
export interface InputSource extends ByteSource {
  /** Its name, without its folder. */
  readonly name: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  /** The bytes of a part of it, fewer where the file ends before. */
  readAt(span: Span): Uint8Array;
  /** Must be called once. */
  close(): void;
}

/** What is read of a folder. */
const FILE_REGEXP = /\.jsonl$/i;

/** Opens an input file. Throws a BadInputError that names it when it cannot be read. */
export async function openInputFile(path: string): Promise<InputSource> {
  const { isFile, size } = await find(path);
  if (!isFile) throw unusable(path, "it is no regular file");
  return new OpenInputFile(path, size);
}

/**
 * Opens the files of a folder whose names end in `.jsonl`, in the order of their names, or the one
 * file that `path` is. Throws a BadInputError.
 */
export async function openInputFiles(path: string): Promise<InputSource[]> {
  const { isDirectory } = await find(path);
  if (!isDirectory) return [await openInputFile(path)];
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) if (FILE_REGEXP.test(name)) names.push(name);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (names.length === 0) throw unusable(path, "the folder has no file whose name ends in .jsonl");
  return await Promise.all(names.sort().map((name) => openInputFile(`${path}/${name}`)));
}

async function find(path: string): Promise<Deno.FileInfo> {
  try {
    const info = await Deno.stat(path);
    // Opening a pipe would wait for its writer.
    if (info.isFile) (await Deno.open(path, { read: true })).close();
    return info;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): BadInputError {
  return new BadInputError(`--input-file: ${path}: cannot be read: ${reason(error)}`);
}

function unusable(path: string, why: string): BadInputError {
  return new BadInputError(`--input-file: ${path}: cannot be used: ${why}`);
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/, "") : String(error);
}

/** So many files of a folder are open at the same time. */
const MOST_OPEN = 32;

/** The files that are open for reading here and there, the one used last at the end. */
const OPEN = new Set<OpenInputFile>();

/** A file that is closed when too many others were used after it, and opened again when needed. */
class OpenInputFile implements InputSource {
  readonly name: string;
  readonly size: number;
  readonly #path: string;
  #file: Deno.FsFile | null = null;
  /** Reads on while others read here and there: each has a position of its own. */
  #stream: Deno.FsFile | null = null;
  #isClosed = false;

  constructor(path: string, size: number) {
    this.#path = path;
    this.size = size;
    this.name = path.slice(path.lastIndexOf("/") + 1);
  }

  /** As at its end when the file was closed meanwhile. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#isClosed) return null;
    this.#stream ??= Deno.openSync(this.#path, { read: true });
    const bytes = await this.#stream.read(buffer);
    if (bytes === null) this.#endStream();
    return bytes;
  }

  readAt({ offset, length }: Span): Uint8Array {
    const file = this.#use();
    const bytes = new Uint8Array(length);
    file.seekSync(offset, Deno.SeekMode.Start);
    let at = 0;
    while (at < length) {
      const read = file.readSync(bytes.subarray(at));
      if (read === null) break;
      at += read;
    }
    return bytes.subarray(0, at);
  }

  close(): void {
    this.#isClosed = true;
    this.#endStream();
    this.#put();
  }

  #use(): Deno.FsFile {
    OPEN.delete(this);
    OPEN.add(this);
    if (OPEN.size > MOST_OPEN) [...OPEN][0]!.#put();
    return this.#file ??= Deno.openSync(this.#path, { read: true });
  }

  #put(): void {
    OPEN.delete(this);
    this.#file?.close();
    this.#file = null;
  }

  #endStream(): void {
    this.#stream?.close();
    this.#stream = null;
  }
}
