import { parseJson } from "../parse_json.ts";
import type { AnswerPart, BodyRequest, Endpoint, RequestBody } from "./endpoint.ts";

/** What an API that never streams is made of. */
export interface WholeAnswers {
  buildBody(request: BodyRequest): RequestBody;
  readAnswer(body: unknown): AnswerPart;
}

/** The endpoint of an API whose answers always come whole, as those of embeddings and rankings do. */
export function wholeAnswers({ buildBody, readAnswer }: WholeAnswers): Endpoint {
  return {
    framing: "sse",
    isStreaming: () => false,
    buildBody,
    readAnswer,
    readEvent: ({ data }) => readAnswer(parseJson(data)),
  };
}

/** The turn that is to be answered. Throws `RangeError` when there is none. */
export function lastTurn({ turns }: BodyRequest): BodyRequest["turns"][number] {
  const turn = turns.at(-1);
  if (turn === undefined) throw new RangeError("a request needs at least one turn");
  return turn;
}
