import { BadInputError } from "../../../common/service/bad_input_error.ts";
import type { Span } from "./line_index.ts";
import type { ByteSource } from "./read_lines.ts";

/** A file that is read once from its beginning, and then here and there. */
export interface InputSource extends ByteSource {
  /** The bytes of a part of it, fewer where the file ends before. */
  readAt(span: Span): Uint8Array;
  /** Must be called once. */
  close(): void;
}

/** Opens an input file. Throws a BadInputError that names it when it cannot be read. */
export async function openInputFile(path: string): Promise<InputSource> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    throw new BadInputError(`--input-file: ${path}: cannot be read: ${reason(error)}`);
  }
  const { isFile } = await file.stat();
  if (isFile) return new OpenInputFile(file);
  file.close();
  throw new BadInputError(`--input-file: ${path}: cannot be used: it is no regular file`);
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/, "") : String(error);
}

class OpenInputFile implements InputSource {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#file.read(buffer);
  }

  /** Without a turn of the event loop: two readers would move the one position of the file. */
  readAt({ offset, length }: Span): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let at = 0;
    while (at < length) {
      const read = this.#file.readSync(bytes.subarray(at));
      if (read === null) break;
      at += read;
    }
    return bytes.subarray(0, at);
  }

  close(): void {
    this.#file.close();
  }
}
