import type { Usage } from "../../../common/model/record.ts";
import { isObject, readPromptUsage } from "./openai_shapes.ts";
import { rankingOf, readScores } from "./ranking.ts";
import { wholeAnswers } from "./whole_answers.ts";

/** Cohere's rerank, as vLLM and others offer it, too. */
export const cohereRankingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    const { query, passages } = rankingOf(request);
    const { model, plan } = request;
    return JSON.stringify({ model, query, documents: passages, ...plan.extraInputs });
  },
  readAnswer: (body) => readScores(body, "results", usageOf),
});

/** Cohere counts in `meta.tokens`, those who speak its language in OpenAI's `usage`. */
function usageOf({ usage, meta }: Record<string, unknown>): Usage | null {
  const tokens = isObject(meta) ? meta["tokens"] : null;
  if (!isObject(tokens)) return readPromptUsage(usage);
  return readPromptUsage({ prompt_tokens: tokens["input_tokens"] });
}
