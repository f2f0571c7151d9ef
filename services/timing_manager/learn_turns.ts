import * as z from "zod/mini";
import {
  type ConversationOutline,
  conversationOutlineSchema,
  type DatasetInfo,
  datasetInfoSchema,
  type StartsPage,
  startsPageSchema,
} from "../../common/model/conversation.ts";
import type { LoadPlan, PhasePlan, RunConfig } from "../../common/model/run_config.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import type { Peer } from "../../common/service/peer.ts";
import { type EntryCount, KnownEntries } from "./known_entries.ts";
import { type Outlines, OutlineStore, SINGLE_TURNS } from "./outlines.ts";
import { canBeginEarly } from "./early_sampler.ts";
import { isInCut, Trace, TraceError } from "./trace.ts";
import { TraceStarts } from "./trace_starts.ts";

/** How long the dataset manager may take for an answer. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The outlines of so many conversations are there before the run; of more, those needed next. */
const KNOWN_BEFOREHAND = 8_192;

/** Starts that are fetched at a time while credits are issued: no more than a moment's work. */
const STARTS_PAGE = 2_048;
/** The same before that. */
const FIRST_STARTS_PAGE = 16_384;

/** What the timing of a run depends on in its data set. */
export interface Turns {
  /** How many conversations there are. */
  readonly size: EntryCount;
  readonly outlines: Outlines;
  /** When the conversations begin; null: no fixed schedule is asked for. */
  readonly starts: TraceStarts | null;
}

/** Whether only the dataset manager knows how many turns there are, or how many conversations. */
export function mustAskForTurns({ dataset, phases }: RunConfig): boolean {
  const { file, turns } = dataset;
  return file !== null || turns.mean > 1 || turns.stddev > 0 || phases.some(isReplay);
}

/** The turns of a data set of prompts that are made up and stand alone. */
export function singleTurns({ dataset }: RunConfig): Turns {
  const size = new KnownEntries({ entries: dataset.entries, isComplete: true });
  return { size, outlines: SINGLE_TURNS, starts: null };
}

/** What turns are learnt from. */
export interface LearnOptions {
  readonly config: RunConfig;
  readonly dataset: Pick<Peer, "request">;
  /** Called when the dataset manager does not answer later on. */
  onFailure(error: unknown): void;
  /** Resolves a while later, or when its promise does. */
  rest(wanted: Promise<void>): Promise<void>;
}

/**
 * Asks the dataset manager for what the timing depends on.
 *
 * Where the phases can do with what is known of a large data set, the rest is learnt while they run.
 * Throws a BadInputError when a fixed schedule is asked for and the data set cannot be replayed.
 */
export async function learnTurns(options: LearnOptions): Promise<Turns> {
  const { config: { phases, dataset: plan }, dataset, onFailure, rest } = options;
  const canBegin = phases.every((one) => isReplay(one) || canBeginEarly(plan, one.phase));
  const info = await askInfo(dataset, canBegin ? null : ALL);
  const size = new KnownEntries(info);
  const follow = (following: Promise<void>) => void following.catch(onFailure);
  follow(size.follow((beyond) => askInfo(dataset, beyond), rest));
  const outlines = await learnOutlines(options, info, size);
  const replay = phases.map(({ load }) => load).find(isSchedule);
  if (replay === undefined) return { size, outlines, starts: null };
  if (!info.hasTimestamps) {
    throw new BadInputError(
      "--fixed-schedule: the conversations of --input-file have no timestamps",
    );
  }
  const starts = await learnStarts(dataset, replay);
  follow(starts.follow((first) => askStarts(dataset, first, STARTS_PAGE), rest));
  return { size, outlines, starts };
}

/** Any number of conversations is less. */
const ALL = Number.MAX_SAFE_INTEGER;

function isSchedule(load: LoadPlan): load is ScheduleLoad {
  return load.kind === "fixed_schedule";
}

type ScheduleLoad = Extract<LoadPlan, { kind: "fixed_schedule" }>;

function isReplay({ load }: PhasePlan): boolean {
  return isSchedule(load);
}

/** What is known when more than `beyond` conversations are, or all; null: at once. */
async function askInfo(
  dataset: Pick<Peer, "request">,
  beyond: number | null,
): Promise<DatasetInfo> {
  for (;;) {
    const command = { kind: "get_dataset_info", beyond } as const;
    const info = datasetInfoSchema.parse(await dataset.request(command, ANSWER_TIMEOUT_MS));
    if (info.isComplete || info.entries > (beyond ?? -1)) return info;
  }
}

async function learnOutlines(
  { dataset, onFailure }: LearnOptions,
  { entries, isComplete, maxTurns }: DatasetInfo,
  size: KnownEntries,
): Promise<Outlines> {
  if (maxTurns === 1) return SINGLE_TURNS;
  const outlines = new OutlineStore({
    entries: () => size.isFinal ? size.count : Infinity,
    fetch: (first, count) =>
      fetchOutlines(dataset, { first, count }).catch((error) => {
        onFailure(error);
        return [];
      }),
  });
  if (isComplete && entries <= KNOWN_BEFOREHAND) await outlines.loadAll();
  return outlines;
}

async function fetchOutlines(
  dataset: Pick<Peer, "request">,
  range: { readonly first: number; readonly count: number },
): Promise<ConversationOutline[]> {
  const answer = await dataset.request({ kind: "get_outlines", ...range }, ANSWER_TIMEOUT_MS);
  return z.array(conversationOutlineSchema).parse(answer);
}

async function askStarts(
  dataset: Pick<Peer, "request">,
  first: number,
  count: number,
): Promise<StartsPage> {
  const command = { kind: "get_starts", first, count } as const;
  return startsPageSchema.parse(await dataset.request(command, ANSWER_TIMEOUT_MS));
}

/**
 * The first starts, and all of them where the first are not in order, for then the first to be sent
 * may be anywhere. Throws a BadInputError when nothing can be replayed.
 */
async function learnStarts(
  dataset: Pick<Peer, "request">,
  load: ScheduleLoad,
): Promise<TraceStarts> {
  const starts = new TraceStarts();
  let hasFirst = false;
  while (!starts.isFinal && (!hasFirst || !starts.isInOrder || starts.length < KNOWN_BEFOREHAND)) {
    const { startsMs, isLast } = await askStarts(dataset, starts.length, FIRST_STARTS_PAGE);
    starts.add(startsMs, isLast);
    hasFirst ||= startsMs.some((startMs) => startMs === null || isInCut(startMs, load));
  }
  try {
    new Trace(starts, load);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw new BadInputError(`--fixed-schedule: ${error.message}`);
  }
  return starts;
}
