import * as z from "zod/mini";
import {
  type ConversationOutline,
  conversationOutlineSchema,
  type DatasetInfo,
  datasetInfoSchema,
} from "../../common/model/conversation.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import type { Peer } from "../../common/service/peer.ts";
import { cutTrace, TraceError } from "./fixed_schedule.ts";
import { type Outlines, OutlineStore, SINGLE_TURNS } from "./outlines.ts";

/** How long the dataset manager may take for an answer. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The outlines of so many conversations are there before the run; of more, those needed next. */
const KNOWN_BEFOREHAND = 8_192;

/** What the timing of a run depends on in its data set. */
export interface Turns {
  /** How many conversations there are. */
  readonly entries: number;
  readonly outlines: Outlines;
}

/** Whether only the dataset manager knows how many turns there are, or how many conversations. */
export function mustAskForTurns({ dataset, phases }: RunConfig): boolean {
  const { file, turns } = dataset;
  const isReplay = phases.some(({ load }) => load.kind === "fixed_schedule");
  return file !== null || turns.mean > 1 || turns.stddev > 0 || isReplay;
}

/** The turns of a data set of prompts that are made up and stand alone. */
export function singleTurns({ dataset }: RunConfig): Turns {
  return { entries: dataset.entries, outlines: SINGLE_TURNS };
}

/**
 * Asks the dataset manager for what the timing depends on.
 *
 * `onFailure`: called when it does not answer later on. Throws a BadInputError when a fixed
 * schedule is asked for and the data set cannot be replayed.
 */
export async function learnTurns(
  config: RunConfig,
  dataset: Pick<Peer, "request">,
  onFailure: (error: unknown) => void,
): Promise<Turns> {
  const info = await learnAll(dataset);
  const { entries } = info;
  const isReplay = config.phases.some(({ load }) => load.kind === "fixed_schedule");
  if (info.maxTurns === 1 && !isReplay) return { entries, outlines: SINGLE_TURNS };
  const outlines = new OutlineStore({
    entries,
    fetch: (first, count) =>
      fetchOutlines(dataset, { first, count }).catch((error) => {
        onFailure(error);
        return [];
      }),
  });
  if (isReplay || entries <= KNOWN_BEFOREHAND) await outlines.loadAll();
  if (isReplay) checkTrace(config, info, outlines);
  return { entries, outlines };
}

/** What is known of the data set when all of it is. */
async function learnAll(dataset: Pick<Peer, "request">): Promise<DatasetInfo> {
  for (;;) {
    const command = { kind: "get_dataset_info", beyond: Number.MAX_SAFE_INTEGER } as const;
    const info = datasetInfoSchema.parse(await dataset.request(command, ANSWER_TIMEOUT_MS));
    if (info.isComplete) return info;
  }
}

async function fetchOutlines(
  dataset: Pick<Peer, "request">,
  range: { readonly first: number; readonly count: number },
): Promise<ConversationOutline[]> {
  const answer = await dataset.request({ kind: "get_outlines", ...range }, ANSWER_TIMEOUT_MS);
  return z.array(conversationOutlineSchema).parse(answer);
}

function checkTrace({ phases }: RunConfig, info: DatasetInfo, outlines: Outlines): void {
  if (!info.hasTimestamps) {
    throw new BadInputError(
      "--fixed-schedule: the conversations of --input-file have no timestamps",
    );
  }
  for (const { load } of phases) {
    if (load.kind !== "fixed_schedule") continue;
    try {
      cutTrace(outlines, info.entries, load);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      throw new BadInputError(`--fixed-schedule: ${error.message}`);
    }
  }
}
