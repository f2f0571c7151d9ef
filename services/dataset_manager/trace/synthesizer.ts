import type { SynthesisPlan } from "../../../common/model/dataset_file.ts";
import type { LineReader } from "../file/line_reader.ts";
import { type ByteSource, readLines } from "../file/read_lines.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent } from "../formats/format.ts";
import { BlockCounts, NOTHING_SHARED } from "./block_counts.ts";
import { changeRow } from "./change_row.ts";

/** Lines that are longer are refused when the file is read to be used. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** How a trace is looked through. */
export interface LookOptions {
  /** Makes a reader for the lines of the source. */
  newReader(): LineReader;
  /** Called after each piece: so many bytes have been read. */
  readonly onLook?: ((bytes: number) => void) | undefined;
}

/**
 * What is to be made of each row of a trace.
 *
 * Looks through all of it first where that depends on what the prompts share. What is wrong with a
 * line is told when it is read to be used.
 */
export async function synthesizer(
  plan: SynthesisPlan,
  source: ByteSource,
  { newReader, onLook }: LookOptions,
): Promise<(content: LineContent) => LineContent | null> {
  if (plan.prefixLenMultiplier === 1 && plan.promptLenMultiplier === 1) {
    return (content) => changeRow(content, plan, NOTHING_SHARED);
  }
  const counts = new BlockCounts();
  const reader = newReader();
  let looked = 0;
  await readLines(source, {
    maxLineBytes: MAX_LINE_BYTES,
    onLine({ bytes, isTooLong }) {
      const content = isTooLong ? null : readQuietly(reader, bytes);
      if (content !== null) counts.add(content);
      return true;
    },
    onPiece(bytes) {
      looked += bytes;
      onLook?.(looked);
    },
  });
  return (content) => changeRow(content, plan, counts);
}

function readQuietly(reader: LineReader, bytes: Uint8Array): LineContent | null {
  try {
    return reader.read(bytes);
  } catch (error) {
    if (error instanceof FieldError) return null;
    throw error;
  }
}
