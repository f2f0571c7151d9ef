import { jsonAnswer, type MockApi } from "./api.ts";
import type { ApiError } from "./api_error.ts";
import { isObject, optionalString, parseObject, required } from "./fields.ts";
import { type RankingRequest, rankingRequest, scores, textsOf } from "./ranking.ts";

/** NVIDIA NIM's rankings. */
export const nimRankingApi: MockApi<RankingRequest> = {
  paths: ["/v1/ranking"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const textOf = (item: unknown) => isObject(item) ? item["text"] : null;
    const query = textOf(required(fields, "query"));
    const model = optionalString(fields, "model") ?? defaults.model;
    return rankingRequest(model, query, textsOf(fields, "passages", textOf));
  },
  whole({ passages, promptTokens }, { reportUsage }) {
    const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
    return jsonAnswer(JSON.stringify({
      rankings: scores(passages).map(({ index, score }) => ({ index, logit: score * 10 - 5 })),
      ...(reportUsage ? { usage } : {}),
    }));
  },
  errorBody: ({ message, type }: ApiError) =>
    JSON.stringify({ object: "error", message, detail: {}, type }),
};
