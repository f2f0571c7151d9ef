import { rankingOf, readScores } from "./ranking.ts";
import { wholeAnswers } from "./whole_answers.ts";

/** Rankings as Hugging Face's Text Embeddings Inference takes them; it serves one model, unnamed. */
export const hfTeiRankingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    const { query, passages } = rankingOf(request);
    return JSON.stringify({ query, texts: passages, ...request.plan.extraInputs });
  },
  // The answer is the list itself; an error is an object.
  readAnswer: (body) =>
    readScores(Array.isArray(body) ? { scores: body } : body, "scores", () => null),
});
