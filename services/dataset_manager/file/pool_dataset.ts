import {
  type Conversation,
  type ConversationOutline,
  type DatasetInfo,
  type Media,
  plainTurn,
  type Turn,
} from "../../../common/model/conversation.ts";
import type { DatasetFile } from "../../../common/model/dataset_file.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { deriveRandom, randomInt } from "../../../common/runtime/random.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { checkIndex, type Dataset } from "../dataset.ts";
import { conversationId } from "../draw.ts";
import { FieldError } from "../formats/fields.ts";
import type { FormatSettings } from "../formats/format.ts";
import { checkPlan } from "./check_plan.ts";
import { completeTurn } from "./complete_turn.ts";
import type { FileDatasetOptions } from "./file_dataset.ts";
import { fileNotes } from "./file_notes.ts";
import { FileIndexing } from "./index_files.ts";
import type { InputSource } from "./input_file.ts";
import { LineReader } from "./line_reader.ts";
import type { MediaFiles } from "./media_files.ts";

/** Requests that are drawn where the user does not say how many. */
const DEFAULT_ENTRIES = 100;

/** Pools of these names hold what a ranking has ranked. */
const PASSAGE_POOLS = new Set(["passage", "passages"]);

interface Pool {
  /** The file's name without its end. */
  readonly name: string;
  readonly source: InputSource;
  readonly reader: LineReader;
  readonly indexing: FileIndexing;
  readonly file: DatasetFile;
}

/**
 * Makes a data set of pools: each conversation is one turn that is drawn from each of them.
 *
 * Every line of every pool has been checked then. Throws a BadInputError.
 */
export async function createPoolDataset(options: FileDatasetOptions): Promise<Dataset> {
  const { file, sources, plan } = options;
  try {
    checkPlan(plan, file, "random_pool");
    const pools = sources.map((source) => poolOf(options, source));
    for (const { indexing } of pools) await whole(indexing);
    const dataset = new PoolDataset({ plan, pools, media: options.media });
    // Only all pools together say what a request says.
    checkFirst(dataset, options);
    return dataset;
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

/** Requests are drawn from all of the lines. */
async function whole(indexing: FileIndexing): Promise<void> {
  const known = indexing.known(Number.MAX_SAFE_INTEGER);
  await indexing.run();
  await known;
}

function checkFirst(dataset: Dataset, { check, file }: FileDatasetOptions): void {
  try {
    check?.({ ...dataset.conversation(0), id: null });
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new BadInputError(`--input-file: ${file.path}: ${error.message}`);
  }
}

function poolOf(options: FileDatasetOptions, source: InputSource): Pool {
  const { file, media, isStreaming, nowMs, sources, onLook } = options;
  const before = sources.slice(0, sources.indexOf(source)).reduce((all, { size }) => all + size, 0);
  const path = file.path.endsWith(`/${source.name}`) ? file.path : `${file.path}/${source.name}`;
  const settings: FormatSettings = {
    blockSize: null,
    history: null,
    isStreaming,
    fileProblem: (name) => media.problem(name),
  };
  const reader = new LineReader("random_pool", settings);
  const whole = { ...file, path, maxEntries: null };
  return {
    name: source.name.replace(/\.[^.]*$/, ""),
    source,
    reader,
    file: whole,
    indexing: new FileIndexing({
      file: whole,
      sources: [source],
      readers: [reader],
      nowMs,
      onLook: (bytes) => onLook?.(before + bytes),
    }),
  };
}

interface OpenedPools {
  readonly plan: DatasetPlan;
  readonly pools: readonly Pool[];
  readonly media: Pick<MediaFiles, "load">;
}

class PoolDataset implements Dataset {
  readonly #opened: OpenedPools;
  readonly entries: number;

  constructor(opened: OpenedPools) {
    this.#opened = opened;
    this.entries = opened.plan.file?.maxEntries ?? DEFAULT_ENTRIES;
  }

  info(): DatasetInfo {
    return { entries: this.entries, isComplete: true, maxTurns: 1, hasTimestamps: false };
  }

  conversation(index: number): Conversation {
    checkIndex(index, this.entries);
    const { plan, pools, media } = this.#opened;
    const drawn = pools.map((pool) => named(pool.name, this.#draw(pool, index)));
    const tools = { plan, media, writer: null, roots: 1 };
    const place = { index, turnIndex: 0, root: 0 };
    return {
      index,
      id: conversationId(plan.seed, index),
      opening: [],
      turns: [completeTurn({ turn: mergeTurns(drawn), prompt: null }, place, tools)],
    };
  }

  outline(index: number): ConversationOutline {
    checkIndex(index, this.entries);
    return { index, turns: [{ delayMs: null, timestampMs: null }] };
  }

  startMs(): null {
    return null;
  }

  notes(): string[] {
    return this.#opened.pools.flatMap(({ file, indexing }) => fileNotes(file, indexing));
  }

  close(): void {
    for (const { source } of this.#opened.pools) source.close();
  }

  #draw({ name, source, reader, indexing }: Pool, index: number): Turn {
    const { seed } = this.#opened.plan;
    const random = deriveRandom(seed, `dataset.pool.${name}.${index}`);
    const [span] = indexing.index.spans(randomInt(random, indexing.index.entries));
    const content = reader.read(source.readAt(span!));
    if (content === null) throw new Error(`${source.name} was changed during the run`);
    return content.turns[0]!;
  }
}

function named(pool: string, turn: Turn): Turn {
  if (!PASSAGE_POOLS.has(pool) || turn.passages !== null) return turn;
  return { ...turn, texts: [], passages: turn.texts };
}

/** One turn that says what all of them say; of what there can be only one, the first has its way. */
function mergeTurns(turns: readonly Turn[]): Turn {
  const first = <K extends keyof Turn>(key: K) =>
    turns.find((turn) => turn[key] !== null)?.[key] ?? null;
  const passages = turns.flatMap((turn) => turn.passages ?? []);
  const extra = turns.reduceRight<Turn["extra"]>(
    (all, turn) => turn.extra === null ? all : { ...all, ...turn.extra },
    null,
  );
  return plainTurn(turns.flatMap(({ texts }) => texts), {
    role: turns[0]!.role,
    media: mergeMedia(turns),
    passages: passages.length === 0 ? null : passages,
    model: first("model"),
    extra,
    outputTokens: first("outputTokens"),
  });
}

function mergeMedia(turns: readonly Turn[]): Media | null {
  const all = turns.flatMap(({ media }) => media ?? []);
  if (all.length === 0) return null;
  return {
    images: all.flatMap(({ images }) => images),
    audios: all.flatMap(({ audios }) => audios),
    videos: all.flatMap(({ videos }) => videos),
  };
}
