import { option } from "../option.ts";
import { decimal, integer } from "../value_type.ts";

/** What made-up rankings are like. */
export const RANKING_OPTIONS = {
  rankingsPassagesMean: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "input.rankings.passages.mean",
    help: "Mean number of passages that a ranking request has to put in order.",
  }),
  rankingsPassagesStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.rankings.passages.stddev",
    help: "Standard deviation of the number of passages.",
  }),
  rankingsPassagesPromptTokenMean: option({
    type: integer({ min: 1 }),
    default: 550,
    path: "input.rankings.passages.prompt_token.mean",
    unit: "tokens",
    help: "Mean length of a passage.",
  }),
  rankingsPassagesPromptTokenStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.rankings.passages.prompt_token.stddev",
    unit: "tokens",
    help: "Standard deviation of the passages' length.",
  }),
  rankingsQueryPromptTokenMean: option({
    type: integer({ min: 1 }),
    default: 550,
    path: "input.rankings.query.prompt_token.mean",
    unit: "tokens",
    help: "Mean length of the query that passages are ranked for.",
  }),
  rankingsQueryPromptTokenStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.rankings.query.prompt_token.stddev",
    unit: "tokens",
    help: "Standard deviation of the queries' length.",
  }),
};
