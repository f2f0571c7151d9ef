import type { Media, Turn } from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { drawOutputTokens, pauseOf, streamOf } from "../draw.ts";
import { isUrl } from "../formats/media_fields.ts";
import type { PromptWriter } from "../synthetic/prompt_writer.ts";
import type { MediaFiles } from "./media_files.ts";
import type { RecordedTurn } from "./merge_rows.ts";

/** What turns of a file are completed with. */
export interface TurnTools {
  readonly plan: DatasetPlan;
  readonly media: Pick<MediaFiles, "load">;
  /** null: no line says only how long its prompt is. */
  readonly writer: PromptWriter | null;
  /** How many copies there are of what prompts share. */
  readonly roots: number;
}

/** Which turn of the data set it is. */
export interface TurnPlace {
  readonly index: number;
  readonly turnIndex: number;
  /** Which copy of what prompts share its conversation uses. */
  readonly root: number;
}

/** The turn as it is to be sent: with its text, its files, its length and its pause. */
export function completeTurn(
  { turn, prompt }: RecordedTurn,
  { index, turnIndex, root }: TurnPlace,
  { plan, media, writer }: TurnTools,
): Turn {
  const made = prompt && {
    texts: [writer!.write(prompt, { stream: streamOf("text", index, turnIndex), root })],
    inputTokens: prompt.inputTokens,
  };
  return {
    ...turn,
    ...made,
    media: turn.media && loaded(turn.media, media),
    // A body that is sent as it is has its own length in it.
    outputTokens: turn.body === null
      ? drawOutputTokens(plan, index, turnIndex) ?? turn.outputTokens
      : turn.outputTokens,
    delayMs: pauseOf(plan, turn.delayMs),
  };
}

function loaded(media: Media, files: Pick<MediaFiles, "load">): Media {
  const load = (value: string) => isUrl(value) ? value : files.load(value);
  return {
    images: media.images.map(load),
    audios: media.audios.map(load),
    videos: media.videos.map(load),
  };
}
