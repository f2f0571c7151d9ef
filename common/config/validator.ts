import {
  array,
  boolean,
  enum as enumOf,
  gt,
  gte,
  int,
  literal,
  lt,
  lte,
  NEVER,
  number,
  pipe,
  record,
  regex,
  safeParse,
  string,
  transform,
  union,
  unknown,
} from "zod/mini";

/**
 * What the option types use of the validation library.
 *
 * Named one by one, so that a bundle carries these and not the whole library: every process of a
 * run reads it when it starts.
 */
export const VALIDATOR = {
  array,
  boolean,
  enum: enumOf,
  gt,
  gte,
  int,
  literal,
  lt,
  lte,
  NEVER,
  number,
  pipe,
  record,
  regex,
  safeParse,
  string,
  transform,
  union,
  unknown,
};
