import * as z from "zod/mini";
import { outcomeSchema, phaseSchema } from "./credit.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of what went wrong with a request. */
export const errorDetailsSchema = z.object({
  /** The HTTP status, or 499 for cancelled, 502 for a broken answer; null where there is none. */
  code: z.nullable(INT),
  /** A short name of the kind of failure, e.g. `HTTPError`, `ConnectionRefused`, `Timeout`. */
  type: STRING,
  /** What a person should read. */
  message: STRING,
});

/** What went wrong with a request; equal details are counted together in the error summary. */
export type ErrorDetails = z.infer<typeof errorDetailsSchema>;

/** What is written of a request that the end of the run cut off. */
export const CUT_OFF_AT_END: ErrorDetails = {
  code: 499,
  type: "RequestCancellationError",
  message: "the run ended before the answer was complete",
};

/** What is written of a request that the end of the run called off, and that no server has seen. */
export const CALLED_OFF_AT_END: ErrorDetails = {
  ...CUT_OFF_AT_END,
  message: "the run ended before the request was sent",
};

/** The error type of a request whose time was up before this machine had sent it. */
export const NOT_SENT_IN_TIME = "NotSentInTime";

/** What is written of a request for a stream whose answer came whole. */
export const NOT_STREAMED = "a stream was asked for, but the server answered with one JSON body";

/** Wire schema of the server's own token counts. */
const usageSchema = z.object({
  promptTokens: z.nullable(INT),
  completionTokens: z.nullable(INT),
  totalTokens: z.nullable(INT),
  reasoningTokens: z.nullable(INT),
  /** Prompt tokens that the server took from its prefix cache. */
  cachedPromptTokens: z.nullable(INT),
});

/** The server's own token counts (the last `usage` of a stream); null for what it did not say. */
export type Usage = z.infer<typeof usageSchema>;

/** Wire schema of answer text that is still to be tokenized. */
const answerTextSchema = z.object({
  output: STRING,
  reasoning: STRING,
});

/** The text of an answer: `output` holds content and tool calls, `reasoning` the thinking. */
export type AnswerText = z.infer<typeof answerTextSchema>;

/** Wire schema of what came with the first read that brought content. */
const firstChunkSchema = z.union([
  /** Tokens by the server's count, from usage that it gives with each chunk. */
  z.object({ tokens: INT }),
  /** The text, reasoning included, whose tokens are still to be counted. */
  z.object({ text: STRING }),
]);

/** What came with the first read that brought content. */
export type FirstChunk = z.infer<typeof firstChunkSchema>;

/** Wire schema of what a request and its answer held beside text. */
const mediaCountsSchema = z.object({
  /** Pictures that the request showed, those of earlier turns included. */
  imagesSent: INT,
  /** Pictures that the answer brought. */
  imagesMade: INT,
  /** How long the sounds of the request are together; null: there are none, or nobody knows. */
  audioSeconds: z.nullable(NUMBER),
});

/** What a request and its answer held beside text. */
export type MediaCounts = z.infer<typeof mediaCountsSchema>;

/** Wire schema of where a request was sent instead. */
const redirectionSchema = z.object({
  /** The lowest of the redirects: below 307 it made a GET without a body of the request. */
  status: INT,
  /** Where the last one led to, without user-info and query. */
  to: STRING,
});

/** Where a server sent a request instead. */
export type Redirection = z.infer<typeof redirectionSchema>;

/** Wire schema of a request record. */
export const requestRecordSchema = z.object({
  creditId: INT,
  phase: phaseSchema,
  /** Position of the credit in its phase, from 0. */
  index: INT,
  conversationIndex: INT,
  conversationId: STRING,
  turnIndex: INT,
  /** Whether no turn of the session follows. */
  isLastTurn: BOOLEAN,
  requestId: STRING,
  correlationId: STRING,
  workerId: STRING,
  model: STRING,
  /** Which of `EndpointPlan.urls` it went to; journals of before had only one. */
  urlIndex: z._default(INT, 0),
  streaming: BOOLEAN,
  outcome: outcomeSchema,

  dueNs: NUMBER,
  /** Only where a limit held it back: how long after it was due it could go. */
  slotWaitNs: z.optional(NUMBER),
  /** Only where its time in a trace passed before the answer that it follows: how long before it was due. */
  movedNs: z.optional(NUMBER),
  /** Only where workers were too far behind to be given more: how long it waited for that. */
  backlogWaitNs: z.optional(NUMBER),
  issuedNs: NUMBER,
  /** When the worker had the credit in hand. */
  receivedNs: NUMBER,
  /** How long the credit, due and in hand, waited for its conversation; journals of before: 0. */
  conversationWaitNs: z._default(NUMBER, 0),
  /** Just before the request is begun, opening a connection included; null when it never was. */
  sentNs: z.nullable(NUMBER),

  /**
   * How long it took to open the connection, where the request was the first on it; 0: it was open
   * already; null: there was none, or nobody knows, as with HTTP/2 and in journals of before.
   */
  connectNs: z._default(z.nullable(NUMBER), null),
  /** Present where that connection was opened in place of one that had been closed. */
  isReconnect: z.optional(BOOLEAN),
  /** How many connections the worker had when the request got its own; null as `connectNs`. */
  openConnections: z._default(z.nullable(INT), null),

  /** Present where the server sent the request elsewhere, once or several times in a row. */
  redirection: z.optional(redirectionSchema),

  /** Response headers there, after `sentNs`. */
  headersAfterNs: z.nullable(NUMBER),
  /** Arrival of each piece of content, after `sentNs`; pieces of one network read share a time. */
  chunksAfterNs: z.array(NUMBER),
  /** Which of `chunksAfterNs` is the first that is not reasoning; null when there is none. */
  firstOutputChunk: z.nullable(INT),
  /**
   * Only where a stream has, or may have, more tokens than chunks, so that it is not plain how many of
   * them came first.
   */
  firstChunk: z.optional(firstChunkSchema),
  /** Only where the request was to be cut off: how long after it was sent. */
  cancelAfterNs: z.optional(NUMBER),
  /**
   * Present where a stream ended properly, but its server never said that the answer was complete, as
   * those of its API do.
   */
  isOpenEnded: z.optional(BOOLEAN),
  /** The response's last byte, or the failure, after `sentNs`. */
  endAfterNs: z.nullable(NUMBER),
  /** Only where a server kept its answer open after its last byte, for 0.1 ms and more: its end after `sentNs`. */
  closedAfterNs: z.optional(NUMBER),

  /**
   * Tokens of the turns sent so far, this one included, and of what opens the conversation, by the
   * run's tokenizer; without the answers in between and without a chat template. null: still to be
   * counted, from the conversation.
   */
  inputTokens: z.nullable(INT),
  /** Whether the request held none of the answers that its own session has brought. */
  isStandalone: BOOLEAN,
  requestedOutputTokens: z.nullable(INT),
  usage: z.nullable(usageSchema),
  /** Kept only while tokens are still to be counted on the client. */
  text: z.nullable(answerTextSchema),
  /** null: nothing but text; journals of before say nothing of it. */
  media: z._default(z.nullable(mediaCountsSchema), null),

  httpStatus: z.nullable(INT),
  error: z.nullable(errorDetailsSchema),
});

/**
 * One request: its timeline, token counts and outcome; one line of `records.jsonl`.
 *
 * `dueNs`, `issuedNs`, `receivedNs` and `sentNs` are nanoseconds since the run's epoch; every
 * `…AfterNs` is a duration on the worker's monotonic clock, counted from `sentNs`.
 */
export type RequestRecord = z.infer<typeof requestRecordSchema>;
