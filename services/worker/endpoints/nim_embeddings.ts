import { readEmbeddings } from "./embeddings.ts";
import { lastTurn, wholeAnswers } from "./whole_answers.ts";

/**
 * Embeddings as NVIDIA's NIM takes them: pictures stand among the texts as data URIs, and models that
 * tell questions from documents have to know which it is.
 *
 * `input_type` is `query` unless the extra inputs say otherwise (`input_type:passage`).
 */
export const nimEmbeddingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    const { texts, media } = lastTurn(request);
    return JSON.stringify({
      model: request.model,
      input: [...texts, ...media?.images ?? []],
      input_type: "query",
      ...request.plan.extraInputs,
    });
  },
  readAnswer: readEmbeddings,
});
