import type { Usage } from "../../../common/model/record.ts";
import { type AnswerPart, answerPart, type BodyRequest } from "./endpoint.ts";
import { findError, isObject, notJson } from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/** What a ranking request asks: how well each passage answers the query. */
export interface Ranking {
  readonly query: string;
  readonly passages: readonly string[];
}

/** The ranking that a turn asks for. Throws `RangeError` when the turn has no query or no passages. */
export function rankingOf(request: BodyRequest): Ranking {
  const { texts: [query], passages } = lastTurn(request);
  if (query === undefined) throw new RangeError("a ranking needs a query");
  if (passages === null || passages.length === 0) {
    throw new RangeError("a ranking needs passages");
  }
  return { query, passages };
}

/**
 * Reads an answer that lists scores under `key`; output without text unless the list is empty.
 *
 * `usage`: what the server says of the request's tokens.
 */
export function readScores(
  body: unknown,
  key: string,
  usage: (body: Record<string, unknown>) => Usage | null,
): AnswerPart {
  if (!isObject(body)) {
    return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
  }
  const scores = body[key];
  return answerPart({
    carries: Array.isArray(scores) && scores.length > 0 ? "output" : "nothing",
    usage: usage(body),
    error: findError(body),
  });
}
