import * as z from "zod/mini";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of what a turn shows besides text. */
const mediaSchema = z.object({
  /** Each a URL or a data URI. */
  images: z.array(STRING),
  audios: z.array(STRING),
  videos: z.array(STRING),
});

/** What a turn shows besides text, each as a URL or a data URI. */
export type Media = z.infer<typeof mediaSchema>;

/** Wire schema of one turn of a conversation. */
const turnSchema = z.object({
  /** Who speaks; the synthetic prompts speak as `user`. */
  role: STRING,
  /** The text parts of the turn, in order; of a ranking, the query. */
  texts: z.array(STRING),
  /** null: text alone. */
  media: z.nullable(mediaSchema),
  /** What a ranking request has ranked; null: it is no ranking. */
  passages: z.nullable(z.array(STRING)),
  /** The turn's messages as the data set has them, in place of role, texts and media; null: none. */
  messages: z.nullable(z.array(z.record(STRING, z.unknown()))),
  /** The whole body of the request as JSON text, sent as it is; null: it is built from the turn. */
  body: z.nullable(STRING),
  /** The turn holds all that its request says: nothing that was said before is sent with it. */
  isStandalone: BOOLEAN,
  /** What was answered when the conversation was recorded; null: that is not known. */
  answer: z.nullable(STRING),
  /** The model that the data set wants asked; null: the run's own. */
  model: z.nullable(STRING),
  /** Merged into the turn's body, over the extra inputs of the run; null: nothing. */
  extra: z.nullable(z.record(STRING, z.unknown())),
  /**
   * Tokens of `texts` as the run's tokenizer counts them, without any chat template; null: nobody
   * has counted them yet.
   */
  inputTokens: z.nullable(INT),
  /** Output tokens to ask the server for; null leaves the length to the server. */
  outputTokens: z.nullable(INT),
  /** Pause between the end of the answer before and this turn; null: none. */
  delayMs: z.nullable(NUMBER),
  /** When a recorded trace has this turn sent, on the trace's own clock; null: at no set time. */
  timestampMs: z.nullable(NUMBER),
});

/** One turn: what is said to the server at once. */
export type Turn = z.infer<typeof turnSchema>;

/** A turn of the user that says nothing but `texts`, with the given fields set. */
export function plainTurn(texts: string[], fields: Partial<Turn> = {}): Turn {
  return {
    role: "user",
    texts,
    media: null,
    passages: null,
    messages: null,
    body: null,
    isStandalone: false,
    answer: null,
    model: null,
    extra: null,
    inputTokens: null,
    outputTokens: null,
    delayMs: null,
    timestampMs: null,
    ...fields,
  };
}

/** Wire schema of a conversation. */
export const conversationSchema = z.object({
  /** Position in the data set, from 0. */
  index: INT,
  /** Stable id: the input file's own, else a function of the seed and the index. */
  id: STRING,
  /** What every request begins with, e.g. a system prompt; never sent by itself. */
  opening: z.array(turnSchema),
  turns: z.array(turnSchema),
  /**
   * What stands for the answers to earlier turns: nothing, and the turns are left out as well, or the
   * recorded ones; absent: the server's own.
   */
  history: z.optional(z.enum(["none", "dataset"])),
});

/** A conversation: a pure function of the data set, the run's seed and its index. */
export type Conversation = z.infer<typeof conversationSchema>;

/** Wire schema of what the timing of a conversation depends on. */
export const conversationOutlineSchema = z.object({
  index: INT,
  turns: z.array(
    z.object({ delayMs: z.nullable(NUMBER), timestampMs: z.nullable(NUMBER) }),
  ),
});

/** A conversation without its texts: how many turns it has and when they are to be sent. */
export type ConversationOutline = z.infer<typeof conversationOutlineSchema>;

/** Wire schema of what is known of the data set as a whole. */
export const datasetInfoSchema = z.object({
  /** How many conversations there are, or how many are known so far. */
  entries: INT,
  /** Whether all of them are known. */
  isComplete: BOOLEAN,
  /** The most turns that a conversation may have: 1 for single-turn data sets; null: not known yet. */
  maxTurns: z.nullable(INT),
  /** Whether every first turn has a timestamp, as a recorded trace has. */
  hasTimestamps: BOOLEAN,
});

/** The data set as a whole. */
export type DatasetInfo = z.infer<typeof datasetInfoSchema>;

/** Wire schema of when some conversations begin. */
export const startsPageSchema = z.object({
  /** In the order of the data set; null: at no set time. */
  startsMs: z.array(z.nullable(NUMBER)),
  /** Whether no others follow. */
  isLast: BOOLEAN,
});

/** When some conversations begin. */
export type StartsPage = z.infer<typeof startsPageSchema>;
