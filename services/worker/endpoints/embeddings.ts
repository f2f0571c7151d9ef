import { type AnswerPart, answerPart } from "./endpoint.ts";
import { findError, isObject, notJson, readPromptUsage } from "./openai_shapes.ts";
import { lastTurn, wholeAnswers } from "./whole_answers.ts";

/** OpenAI's embeddings: one vector for each text of the turn. */
export const embeddingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    const { texts } = lastTurn(request);
    return JSON.stringify({ model: request.model, input: texts, ...request.plan.extraInputs });
  },
  readAnswer: readEmbeddings,
});

/**
 * Reads `{"data": [{"embedding": …}], "usage": …}`.
 *
 * A vector, as numbers or base64, is output without text.
 */
export function readEmbeddings(body: unknown): AnswerPart {
  if (!isObject(body)) {
    return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
  }
  const data = body["data"];
  const hasVector = Array.isArray(data) && data.some(isVector);
  return answerPart({
    carries: hasVector ? "output" : "nothing",
    usage: readPromptUsage(body["usage"]),
    error: findError(body),
  });
}

function isVector(item: unknown): boolean {
  const vector = isObject(item) ? item["embedding"] : null;
  return (Array.isArray(vector) || typeof vector === "string") && vector.length > 0;
}
