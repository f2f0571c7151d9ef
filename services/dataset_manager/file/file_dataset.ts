import type {
  Conversation,
  ConversationOutline,
  DatasetInfo,
} from "../../../common/model/conversation.ts";
import type { DatasetFile } from "../../../common/model/dataset_file.ts";
import { type DatasetFormat, TRACE_FORMATS } from "../../../common/model/dataset_format.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom, randomInt } from "../../../common/runtime/random.ts";
import { checkIndex, type Dataset } from "../dataset.ts";
import { conversationId, pauseOf } from "../draw.ts";
import { FieldError } from "../formats/fields.ts";
import type { FormatSettings, LineContent } from "../formats/format.ts";
import type { Lexicon } from "../synthetic/lexicon.ts";
import { PromptWriter } from "../synthetic/prompt_writer.ts";
import { checkPlan } from "./check_plan.ts";
import { completeTurn, type TurnTools } from "./complete_turn.ts";
import { fileNotes } from "./file_notes.ts";
import { FileIndexing, type IndexOptions } from "./index_files.ts";
import type { InputSource } from "./input_file.ts";
import { LineReader } from "./line_reader.ts";
import type { MediaFiles } from "./media_files.ts";
import { mergeRows, type RecordedConversation } from "./merge_rows.ts";

/** Each conversation of these has one turn. */
const SINGLE_TURN_FORMATS: readonly DatasetFormat[] = [
  "single_turn",
  "burst_gpt_trace",
  "azure_trace",
];

/** Files and what is to be made of them. */
export interface FileDatasetOptions
  extends Pick<IndexOptions, "rest" | "onLook" | "nowMs" | "check"> {
  readonly plan: DatasetPlan;
  readonly file: DatasetFile;
  /** The data set closes them. Each of several is one conversation. */
  readonly sources: readonly InputSource[];
  /** Whether answers are read as streams. */
  readonly isStreaming: boolean;
  readonly media: Pick<MediaFiles, "load" | "problem">;
  /** Called only when prompts have to be made up. */
  openLexicon(): Promise<Lexicon>;
}

/**
 * Makes a data set of files.
 *
 * Its beginning has been checked then, and of files that are not large all of it; `checked` rejects
 * when something is wrong with the rest. Keeps where the conversations are, not their texts. Throws a
 * BadInputError that names the file, the first bad line, the field and the reason.
 */
export async function createFileDataset(options: FileDatasetOptions): Promise<Dataset> {
  const { file, sources, plan } = options;
  const readers = await readersOf(options);
  const indexing = new FileIndexing({ ...options, readers });
  const checked = indexing.run();
  // Whoever uses the data set gets to know by `checked`.
  checked.catch(() => {});
  try {
    await indexing.head;
    const { format } = readers[0]!;
    checkPlan(plan, file, format!);
    const writer = TRACE_FORMATS.includes(format!)
      ? new PromptWriter(await options.openLexicon(), plan.seed)
      : null;
    return new FileDataset({ ...options, readers, indexing, checked, writer });
  } catch (error) {
    indexing.close();
    for (const source of sources) source.close();
    throw error;
  }
}

async function readersOf(options: FileDatasetOptions): Promise<LineReader[]> {
  const { file, sources, isStreaming, media, onLook } = options;
  const settings: FormatSettings = {
    blockSize: file.blockSize,
    history: file.history,
    isStreaming,
    fileProblem: (path) => media.problem(path),
  };
  if (sources.length > 1) {
    return sources.map(({ name }) => new LineReader(file.format, settings, inSession(name)));
  }
  if (file.synthesis === null) return [new LineReader(file.format, settings)];
  const { synthesizer } = await import("../trace/synthesizer.ts");
  const reader = () => new LineReader(file.format, settings);
  const change = await synthesizer(file.synthesis, sources[0]!, { newReader: reader, onLook });
  return [new LineReader(file.format, settings, change)];
}

/** All lines of one of several files are turns of one conversation. */
function inSession(fileName: string): (content: LineContent) => LineContent {
  const id = fileName.replace(/\.[^.]*$/, "");
  return (content) => ({ ...content, id, link: { joins: id, knownAs: id } });
}

interface OpenedFiles extends FileDatasetOptions {
  readonly readers: readonly LineReader[];
  readonly indexing: FileIndexing;
  readonly checked: Promise<void>;
  readonly writer: PromptWriter | null;
}

/** The conversations of files; each is read when it is asked for. */
class FileDataset implements Dataset {
  readonly #opened: OpenedFiles;
  readonly #tools: TurnTools;

  constructor(opened: OpenedFiles) {
    this.#opened = opened;
    const { plan, media, writer, file } = opened;
    this.#tools = { plan, media, writer, roots: file.synthesis?.prefixRootMultiplier ?? 1 };
  }

  get entries(): number {
    return this.#opened.indexing.index.entries;
  }

  get checked(): Promise<void> {
    return this.#opened.checked;
  }

  info(): DatasetInfo {
    const { indexing, readers } = this.#opened;
    const { isComplete, index } = indexing;
    const isSingle = SINGLE_TURN_FORMATS.includes(readers[0]!.format!) || !index.hasSessions &&
        TRACE_FORMATS.includes(readers[0]!.format!);
    return {
      entries: this.entries,
      isComplete,
      maxTurns: isSingle ? 1 : isComplete ? index.maxTurns : null,
      hasTimestamps: index.hasTimestamps,
    };
  }

  known(beyond: number): Promise<void> {
    return this.#opened.indexing.known(beyond);
  }

  conversation(index: number): Conversation {
    checkIndex(index, this.entries);
    const { id, opening, turns } = this.#read(index);
    const { plan } = this.#opened;
    const root = this.#rootOf(index);
    return {
      index,
      id: id ?? conversationId(plan.seed, index),
      opening: [...opening],
      turns: turns.map((turn, turnIndex) =>
        completeTurn(turn, { index, turnIndex, root }, this.#tools)
      ),
    };
  }

  outline(index: number): ConversationOutline {
    checkIndex(index, this.entries);
    const { plan } = this.#opened;
    const turns = this.#opened.indexing.index.times(index).map(({ delayMs, timestampMs }) => ({
      delayMs: pauseOf(plan, delayMs),
      timestampMs,
    }));
    return { index, turns };
  }

  startMs(index: number): number | null {
    return this.#opened.indexing.index.startMs(index);
  }

  notes(): string[] {
    return fileNotes(this.#opened.file, this.#opened.indexing);
  }

  close(): void {
    this.#opened.indexing.close();
    for (const source of this.#opened.sources) source.close();
  }

  #rootOf(index: number): number {
    const { roots, plan } = this.#tools;
    return roots === 1 ? 0 : randomInt(deriveRandom(plan.seed, `dataset.root.${index}`), roots);
  }

  #read(index: number): RecordedConversation {
    const { sources, readers, indexing } = this.#opened;
    return mergeRows(
      indexing.index.spans(index).map((span) => {
        const bytes = sources[span.source]!.readAt(span);
        return this.#readRow(readers[span.source]!, bytes);
      }),
    );
  }

  #readRow(reader: LineReader, bytes: Uint8Array): LineContent {
    let content: LineContent | null = null;
    try {
      content = reader.read(bytes);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
    }
    if (content === null) throw new Error(`${this.#opened.file.path} was changed during the run`);
    return content;
  }
}
