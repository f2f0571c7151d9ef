import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
  Turn,
} from "../../../common/model/conversation.ts";
import type { DatasetFile, DatasetPlan } from "../../../common/model/run_config.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { checkIndex, type Dataset } from "../dataset.ts";
import { conversationId, drawOutputTokens } from "../draw.ts";
import { FieldError } from "../formats/fields.ts";
import type { LineContent } from "../formats/format.ts";
import type { InputSource } from "./input_file.ts";
import { LineIndex } from "./line_index.ts";
import { LineReader } from "./read_conversation.ts";
import { type RawLine, readLines } from "./read_lines.ts";

/** More than any prompt needs, and less than a message between services may have. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** Lines with something wrong that are looked for; reading on would not help anyone. */
const MOST_BAD_LINES = 100;

/** A file and what is to be made of it. */
export interface FileDatasetOptions {
  readonly plan: DatasetPlan;
  readonly file: DatasetFile;
  /** The data set closes it. */
  readonly source: InputSource;
  /** Throws a FieldError where a conversation is of no use to the run; absent: all are. */
  readonly check?: (content: LineContent) => void;
}

/**
 * Makes a data set of a file, and checks every line that will be used.
 *
 * Keeps where the conversations are, not their texts. Throws a BadInputError that names the file,
 * the first bad line, the field and the reason.
 */
export async function createFileDataset(options: FileDatasetOptions): Promise<Dataset> {
  const { file, source } = options;
  try {
    const reader = new LineReader(file.format);
    return new FileDataset({ ...options, reader, index: await indexFile(options, reader) });
  } catch (error) {
    source.close();
    throw error;
  }
}

async function indexFile(
  { file: { path, maxEntries }, source, check = () => {} }: FileDatasetOptions,
  reader: LineReader,
): Promise<LineIndex> {
  const index = new LineIndex();
  const limit = maxEntries ?? Infinity;
  const bad: string[] = [];
  const onLine = (line: RawLine): boolean => {
    try {
      addLine(line, { index, reader, check });
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      bad.push(`line ${line.number}: ${error.message}`);
    }
    return index.entries < limit && bad.length < MOST_BAD_LINES;
  };
  await readLines(source, { maxLineBytes: MAX_LINE_BYTES, onLine });
  if (bad.length > 0) throw badFile(path, bad[0]! + andMore(bad.length - 1));
  if (index.entries === 0) throw badFile(path, "holds no conversation");
  return index;
}

interface LineTarget {
  readonly index: LineIndex;
  readonly reader: LineReader;
  readonly check: (content: LineContent) => void;
}

function addLine(line: RawLine, { index, reader, check }: LineTarget): void {
  const { bytes, offset, number, isTooLong } = line;
  if (isTooLong) {
    throw new FieldError("", `is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`);
  }
  const content = reader.read(bytes);
  if (content === null) return;
  check(content);
  index.add({ offset, length: bytes.length, number }, content);
}

function andMore(others: number): string {
  if (others === 0) return "";
  if (others === MOST_BAD_LINES - 1) return ` (and at least ${others} more bad lines)`;
  return others === 1 ? " (and 1 more bad line)" : ` (and ${others} more bad lines)`;
}

function badFile(path: string, problem: string): BadInputError {
  return new BadInputError(`--input-file: ${path}: ${problem}`);
}

interface OpenedFile extends FileDatasetOptions {
  readonly reader: LineReader;
  readonly index: LineIndex;
}

/** The conversations of a file that was checked; each is read when it is asked for. */
class FileDataset implements Dataset {
  readonly #opened: OpenedFile;

  constructor(opened: OpenedFile) {
    this.#opened = opened;
  }

  get entries(): number {
    return this.#opened.index.entries;
  }

  info(): DatasetInfo {
    return this.#opened.index.info();
  }

  conversation(index: number): Conversation {
    checkIndex(index, this.entries);
    const { id, opening, turns } = this.#read(index);
    const { plan } = this.#opened;
    return {
      index,
      id: id ?? conversationId(plan.seed, index),
      opening: [...opening],
      turns: turns.map((turn, turnIndex) => this.#complete(turn, index, turnIndex)),
    };
  }

  outline(index: number): ConversationOutline {
    checkIndex(index, this.entries);
    const { delayRatio } = this.#opened.plan;
    const turns = this.#opened.index.times(index).map(({ delayMs, timestampMs }) => ({
      delayMs: scaled(delayMs, delayRatio),
      timestampMs,
    }));
    return { index, turns };
  }

  close(): void {
    this.#opened.source.close();
  }

  #complete(turn: Turn, index: number, turnIndex: number): Turn {
    const { plan } = this.#opened;
    return {
      ...turn,
      outputTokens: drawOutputTokens(plan, index, turnIndex) ?? turn.outputTokens,
      delayMs: scaled(turn.delayMs, plan.delayRatio),
    };
  }

  #read(index: number): LineContent {
    const { source, reader, file } = this.#opened;
    let content: LineContent | null = null;
    try {
      content = reader.read(source.readAt(this.#opened.index.span(index)));
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
    }
    if (content === null) throw new Error(`${file.path} was changed during the run`);
    return content;
  }
}

function scaled(delayMs: number | null, ratio: number): number | null {
  return delayMs === null ? null : delayMs * ratio;
}
