import { jsonAnswer, type MockApi } from "./api.ts";
import { parseObject, required } from "./fields.ts";
import { type RankingRequest, rankingRequest, scores, textsOf } from "./ranking.ts";

/** The rankings of Hugging Face's Text Embeddings Inference. */
export const teiRerankApi: MockApi<RankingRequest> = {
  paths: ["/rerank"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    return rankingRequest(defaults.model, required(fields, "query"), textsOf(fields, "texts"));
  },
  whole: ({ passages }) => jsonAnswer(JSON.stringify(scores(passages))),
  errorBody: ({ message, status }) => {
    const type = status === 429 ? "Overloaded" : status < 500 ? "Validation" : "Backend";
    return JSON.stringify({ error: message, error_type: type });
  },
};
