import * as z from "zod/mini";
import { deriveRandom, randomInt } from "../runtime/random.ts";
import { type Conversation, plainTurn, type Turn } from "./conversation.ts";
import type { Phase } from "./credit.ts";
import type { CacheBust } from "./marker_place.ts";
import { INT, STRING } from "./primitives.ts";

/** Markers are so unlikely to be equal: one in 2^64. */
const MARKER_BITS = 64;

/** Wire schema of what markers are made of. */
export const markerWordsSchema = z.object({
  /** Two or more. */
  words: z.array(STRING),
  /** The tokens of each of them, at the start of a text and after a space alike. */
  tokensEach: INT,
});

/** What markers are made of. */
export type MarkerWords = z.infer<typeof markerWordsSchema>;

/** A session, as its marker depends on it. */
export interface MarkedSession {
  readonly phase: Phase;
  /** Position of the session in its phase, from 0. */
  readonly sessionIndex: number;
}

/** What the configuration says of all markers of a run. */
export interface MarkingPlan {
  readonly place: Exclude<CacheBust, "none">;
  readonly seed: number;
  /** Number of the run among several; 0: it is the only one. */
  readonly trial: number;
}

/** What all markers of a run have in common. */
export interface MarkerOptions extends MarkingPlan {
  readonly words: MarkerWords;
}

/** What a run wants of markers; null: it has none. */
export function markingPlan(
  { dataset, trial }: {
    readonly dataset: { readonly cacheBust: CacheBust; readonly seed: number };
    readonly trial: { readonly number: number } | null;
  },
): MarkingPlan | null {
  const { cacheBust, seed } = dataset;
  return cacheBust === "none" ? null : { place: cacheBust, seed, trial: trial?.number ?? 0 };
}

/** A few words that no other session has. */
export interface Marker {
  readonly text: string;
  readonly tokens: number;
}

/** The marker of a session: a pure function of the seed, the run, the phase and the session. */
export function markerOf(
  { words: { words, tokensEach }, seed, trial }: MarkerOptions,
  { phase, sessionIndex }: MarkedSession,
): Marker {
  const random = deriveRandom(seed, `cache_bust.${trial}.${phase}.${sessionIndex}`);
  const length = Math.ceil(MARKER_BITS / Math.log2(words.length));
  const drawn = Array.from({ length }, () => words[randomInt(random, words.length)]!);
  return { text: drawn.join(" "), tokens: length * tokensEach };
}

/**
 * The conversation as one session sends it: with a marker, so that the server cannot have seen it.
 *
 * Without a system prompt, one is made that is the marker alone.
 */
export function withMarker(
  conversation: Conversation,
  options: MarkerOptions,
  session: MarkedSession,
): Conversation {
  const marker = markerOf(options, session);
  const atStart = options.place.endsWith("_prefix");
  const mark: MarkTurn = (turn) => markedTurn(turn, marker, atStart);
  const { opening, turns } = conversation;
  if (options.place.startsWith("first_turn")) {
    return { ...conversation, turns: turns.map((turn, i) => i === 0 ? mark(turn) : turn) };
  }
  const own = opening.findIndex(({ role }) => role === "system");
  const marked = own < 0
    ? [plainTurn([marker.text], { role: "system", inputTokens: marker.tokens }), ...opening]
    : opening.map((turn, i) => i === own ? mark(turn) : turn);
  return { ...conversation, opening: marked };
}

type MarkTurn = (turn: Turn) => Turn;

/** Each text of a turn may be an input by itself, so each has the marker. */
function markedTurn(turn: Turn, marker: Marker, atStart: boolean): Turn {
  const mark = (text: string) => atStart ? `${marker.text} ${text}` : `${text} ${marker.text}`;
  const { texts, messages, inputTokens } = turn;
  const target = messages?.findIndex(({ content }) => typeof content === "string") ?? -1;
  return {
    ...turn,
    texts: texts.map(mark),
    messages:
      messages?.map((message, i) =>
        i === target ? { ...message, content: mark(message["content"] as string) } : message
      ) ?? null,
    inputTokens: inputTokens === null ? null : inputTokens + marker.tokens * texts.length,
  };
}
