import * as z from "zod/mini";

/** Wire schema of one turn of a conversation. */
export const turnSchema = z.object({
  /** Who speaks; the synthetic prompts speak as `user`. */
  role: z.string(),
  /** The text parts of the turn, in order. */
  texts: z.array(z.string()),
  /** Tokens of `texts` as the run's tokenizer counts them, without any chat template. */
  inputTokens: z.int(),
  /** Output tokens to ask the server for; null leaves the length to the server. */
  outputTokens: z.nullable(z.int()),
});

/** One turn: what is said to the server at once. */
export type Turn = z.infer<typeof turnSchema>;

/** Wire schema of a conversation. */
export const conversationSchema = z.object({
  /** Position in the data set, from 0. */
  index: z.int(),
  /** Stable id, a function of the seed and the index. */
  id: z.string(),
  turns: z.array(turnSchema),
});

/** A conversation: a pure function of the run's seed and its index. */
export type Conversation = z.infer<typeof conversationSchema>;
