import { rawExportOf } from "../../common/model/artifact_files.ts";
import { describeFileError } from "../../common/runtime/file_error.ts";
import { FILE_MODE } from "../../common/runtime/file_mode.ts";

const LINE_END = 0x0a;
const COPIED_AT_ONCE = 64 * 1024;

/**
 * Makes one file of what the workers have written of the raw export, and removes their parts, whose
 * names say what it is called.
 *
 * A line that a dead worker did not finish is left out. Returns false when there are no parts; rejects
 * with an Error in plain words, and keeps the parts, when the file cannot be written.
 */
export async function mergeRawParts(folder: string): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const [first, ...others] = names.filter((name) => rawExportOf(name) !== null).sort();
  if (first === undefined) return false;
  const path = `${folder}/${rawExportOf(first)}`;
  const unfinished = `${path}.part`;
  try {
    const parts = [first, ...others].map((name) => `${folder}/${name}`);
    const options = { write: true, create: true, truncate: true, mode: FILE_MODE };
    using target = await Deno.open(unfinished, options);
    for (const part of parts) await appendLines(target, part);
    await Deno.rename(unfinished, path);
    for (const part of parts) await Deno.remove(part);
    return true;
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw new Error(`Cannot write ${path}: ${describeFileError(error)}`, { cause: error });
  }
}

/** Copies a file up to the end of its last line. */
async function appendLines(target: Deno.FsFile, part: string): Promise<void> {
  using source = await Deno.open(part);
  const buffer = new Uint8Array(COPIED_AT_ONCE);
  /** What follows the last line end so far. */
  let rest: Uint8Array[] = [];
  for (;;) {
    const count = await source.read(buffer);
    if (count === null) return;
    const bytes = buffer.subarray(0, count);
    const end = bytes.lastIndexOf(LINE_END) + 1;
    if (end > 0) {
      for (const piece of rest) await writeAll(target, piece);
      await writeAll(target, bytes.subarray(0, end));
      rest = [];
    }
    if (end < count) rest.push(bytes.slice(end));
  }
}

async function writeAll(target: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await target.write(bytes.subarray(at));
}
