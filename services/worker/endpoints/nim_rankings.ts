import { readPromptUsage } from "./openai_shapes.ts";
import { rankingOf, readScores } from "./ranking.ts";
import { wholeAnswers } from "./whole_answers.ts";

/** Rankings as NVIDIA's NIM takes them. */
export const nimRankingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    const { query, passages } = rankingOf(request);
    return JSON.stringify({
      model: request.model,
      query: { text: query },
      passages: passages.map((text) => ({ text })),
      ...request.plan.extraInputs,
    });
  },
  readAnswer: (body) => readScores(body, "rankings", ({ usage }) => readPromptUsage(usage)),
});
