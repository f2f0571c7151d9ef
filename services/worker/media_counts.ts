import type { Conversation } from "../../common/model/conversation.ts";
import type { MediaCounts } from "../../common/model/record.ts";
import { audioSeconds as lengthOf } from "./audio_length.ts";

/** What an answer says of things other than text. */
export interface AnsweredMedia {
  readonly imagesMade: number;
  /** null: the server said nothing of it. */
  readonly audioSeconds: number | null;
}

/** What a turn's request and its answer held beside text; null when that is nothing. */
export function mediaCounts(
  { opening, turns }: Conversation,
  turnIndex: number,
  { imagesMade, audioSeconds }: AnsweredMedia,
): MediaCounts | null {
  const turn = turns[turnIndex];
  const sent = turn?.isStandalone ? [turn] : [...opening, ...turns.slice(0, turnIndex + 1)];
  const shown = sent.flatMap(({ media }) => media ?? []);
  if (shown.length === 0 && imagesMade === 0 && audioSeconds === null) return null;
  return {
    imagesSent: shown.reduce((sum, { images }) => sum + images.length, 0),
    imagesMade,
    audioSeconds: secondsOf(shown.flatMap(({ audios }) => audios)) ?? audioSeconds,
  };
}

/** null when there is no sound, or one of which nobody knows how long it is. */
function secondsOf(audios: readonly string[]): number | null {
  if (audios.length === 0) return null;
  let sum = 0;
  for (const audio of audios) {
    const seconds = lengthOf(audio);
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}
