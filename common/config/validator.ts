import * as z from "zod/mini";

/**
 * What the option types use of the validation library.
 *
 * Named one by one, so that a bundle carries these and not the whole library: every process of a
 * run reads it when it starts.
 */
export const VALIDATOR = {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  gt: z.gt,
  gte: z.gte,
  int: z.int,
  literal: z.literal,
  lt: z.lt,
  lte: z.lte,
  NEVER: z.NEVER,
  number: z.number,
  pipe: z.pipe,
  record: z.record,
  regex: z.regex,
  safeParse: z.safeParse,
  string: z.string,
  transform: z.transform,
  union: z.union,
  unknown: z.unknown,
};
