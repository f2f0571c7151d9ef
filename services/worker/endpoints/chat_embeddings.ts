import { messagesOf } from "./chat.ts";
import { readEmbeddings } from "./embeddings.ts";
import { lastTurn, wholeAnswers } from "./whole_answers.ts";

/** Embeddings of a conversation in chat's messages, as vLLM's pooling models take it. */
export const chatEmbeddingsEndpoint = wholeAnswers({
  buildBody: (request) => {
    lastTurn(request);
    const { model, turns, plan } = request;
    return JSON.stringify({ model, messages: turns.flatMap(messagesOf), ...plan.extraInputs });
  },
  readAnswer: readEmbeddings,
});
