import * as z from "zod/mini";
import { PROMPT_CORPORA } from "./prompt_corpus.ts";
import { INT, NUMBER } from "./primitives.ts";

/** Wire schema of a normal distribution. */
const normalSchema = z.object({ mean: NUMBER, stddev: NUMBER });

/** A normal distribution. */
export type Normal = z.infer<typeof normalSchema>;

/** Wire schema of lengths that go together. */
const lengthPairSchema = z.object({
  /** Tokens of a prompt. */
  isl: normalSchema,
  /** Tokens of its answer. */
  osl: normalSchema,
  /** How many of a hundred conversations have these lengths. */
  percent: NUMBER,
});

/** Lengths of prompts and answers that go together, and how common they are. */
export type LengthPair = z.infer<typeof lengthPairSchema>;

/** Wire schema of made-up pictures. */
const imagePlanSchema = z.object({
  /** Pixels. */
  width: normalSchema,
  /** Pixels. */
  height: normalSchema,
  /** How many a turn has. */
  perTurn: INT,
  /** `random`: any of the others for each picture. */
  format: z.enum(["png", "jpeg", "random"]),
});

/** Made-up pictures. */
export type ImagePlan = z.infer<typeof imagePlanSchema>;

/** Wire schema of made-up sounds. */
const audioPlanSchema = z.object({
  seconds: normalSchema,
  /** How many a turn has. */
  perTurn: INT,
  format: z.enum(["wav", "mp3"]),
  /** Bits of a sample; each sound has any of them. */
  depths: z.array(INT),
  /** Each sound has any of them. */
  sampleRatesHz: z.array(INT),
  channels: INT,
});

/** Made-up sounds. */
export type AudioPlan = z.infer<typeof audioPlanSchema>;

/** Wire schema of made-up rankings. */
const rankingPlanSchema = z.object({
  /** How many passages a request has. */
  passages: normalSchema,
  passageTokens: normalSchema,
  queryTokens: normalSchema,
});

/** Made-up rankings: a query, and the passages that are to be put in order. */
export type RankingPlan = z.infer<typeof rankingPlanSchema>;

/** Wire schema of what made-up conversations are like beside their lengths and turns. */
export const syntheticPlanSchema = z.object({
  /** Each conversation draws one of them, in place of `isl` and `osl`; null: there is no choice. */
  lengths: z.nullable(z.array(lengthPairSchema)),
  corpus: z.enum(PROMPT_CORPORA),
  /** Each conversation begins with one of `count` texts of so many tokens; null: with its own. */
  prefixes: z.nullable(z.object({ count: INT, tokens: INT })),
  /** Length of a system prompt that all conversations have in common; 0: there is none. */
  systemTokens: INT,
  /** Length of a message of the user, one for each conversation, before its turns; 0: none. */
  contextTokens: INT,
  /** How many texts a turn has. */
  textsPerTurn: INT,
  /** null: turns have no pictures. */
  images: z.nullable(imagePlanSchema),
  /** null: turns have no sounds. */
  audio: z.nullable(audioPlanSchema),
  /** Turns are rankings, whatever else the plan says; null: they are not. */
  rankings: z.nullable(rankingPlanSchema),
});

/** What made-up conversations are like beside their lengths and turns. */
export type SyntheticPlan = z.infer<typeof syntheticPlanSchema>;
