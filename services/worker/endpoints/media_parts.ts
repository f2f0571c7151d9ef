import type { Media, Turn } from "../../../common/model/conversation.ts";

/** What a `data:` URI of base64 holds. */
export interface InlineMedia {
  /** E.g. `image/png`; empty when the URI does not say. */
  readonly mediaType: string;
  readonly base64: string;
}

const NO_MEDIA: Media = { images: [], audios: [], videos: [] };

/** What a turn shows besides text. */
export function mediaOf(turn: Turn): Media {
  return turn.media ?? NO_MEDIA;
}

/** Whether a turn is one text and nothing else. */
export function isPlainText(turn: Turn): boolean {
  const { images, audios, videos } = mediaOf(turn);
  return turn.texts.length === 1 && images.length + audios.length + videos.length === 0;
}

/** Takes a `data:` URI apart; null when it is another URL or not base64. */
export function inlineMedia(url: string): InlineMedia | null {
  const comma = url.indexOf(",");
  const head = /^data:([^;]*)(?:;[^;]*)*;base64$/i.exec(url.slice(0, Math.max(0, comma)));
  if (head === null) return null;
  return { mediaType: head[1]!.toLowerCase(), base64: url.slice(comma + 1) };
}

/** What OpenAI calls the format of a sound, from its media type: `wav`, `mp3` … */
export function audioFormat(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf("/") + 1).replace(/^x-/, "");
  if (subtype === "mpeg") return "mp3";
  return subtype === "wave" || subtype === "vnd.wave" ? "wav" : subtype;
}

/** Throws an Error when a turn shows what the API cannot take; `kinds`: those that it cannot. */
export function refuseMedia(turns: readonly Turn[], api: string, kinds: (keyof Media)[]): void {
  for (const kind of kinds) {
    if (turns.some((turn) => mediaOf(turn)[kind].length > 0)) {
      throw new Error(`the ${api} API takes no ${kind}`);
    }
  }
}
