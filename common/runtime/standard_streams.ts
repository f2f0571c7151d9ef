import { describeFileError } from "./file_error.ts";

const encoder = new TextEncoder();

/** A pipe that its other side has made non-blocking is looked at again after so long. */
const FULL_PIPE_MS = 5;

/** What writing to a stream needs of the world. */
export interface StreamWriter {
  /** Writes some of the bytes; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Waits until there may be room again. */
  pause(): Promise<void>;
}

/** Writes a result to stdout, all of it; resolves as `writeAll`. */
export async function writeStdout(text: string): Promise<string | null> {
  return await writeAll(text, {
    write: (bytes) => Deno.stdout.write(bytes),
    pause: () => new Promise((resolve) => setTimeout(resolve, FULL_PIPE_MS)),
  });
}

/**
 * Writes a text to its end; resolves to why it is not all written, else to null.
 *
 * That nobody reads any more, as with `| head`, is no failure.
 */
export async function writeAll(text: string, stream: StreamWriter): Promise<string | null> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += await stream.write(bytes.subarray(at));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return null;
      if (!(error instanceof Deno.errors.WouldBlock)) return describeFileError(error);
      await stream.pause();
    }
  }
  return null;
}

/** Tells the person at the terminal something, on stderr. A lost terminal loses nothing else. */
export function writeStderr(text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // There is nobody to tell it to.
  }
}
