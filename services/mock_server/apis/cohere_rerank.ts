import { jsonAnswer, type MockApi } from "./api.ts";
import { isObject, optionalCount, optionalString, parseObject, required } from "./fields.ts";
import { type RankingRequest, rankingRequest, scores, textsOf } from "./ranking.ts";

/** A ranking of which only the best may be wanted. */
interface RerankRequest extends RankingRequest {
  readonly best: number;
}

/** Cohere's rerank. */
export const cohereRerankApi: MockApi<RerankRequest> = {
  paths: ["/v2/rerank", "/v1/rerank"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const documents = textsOf(
      fields,
      "documents",
      (item) => isObject(item) ? item["text"] : item,
    );
    const model = optionalString(fields, "model") ?? defaults.model;
    return {
      ...rankingRequest(model, required(fields, "query"), documents),
      best: optionalCount(fields, "top_n", Number.MAX_SAFE_INTEGER) ?? documents.length,
    };
  },
  whole({ passages, promptTokens, best }, { serial, reportUsage }) {
    const tokens = { input_tokens: promptTokens, output_tokens: 0 };
    return jsonAnswer(JSON.stringify({
      id: `rerank-${serial}`,
      results: scores(passages).slice(0, best).map(({ index, score }) => {
        return { index, relevance_score: score };
      }),
      meta: {
        api_version: { version: "2" },
        billed_units: { search_units: 1 },
        ...(reportUsage ? { tokens } : {}),
      },
    }));
  },
  errorBody: ({ message }) => JSON.stringify({ message }),
};
