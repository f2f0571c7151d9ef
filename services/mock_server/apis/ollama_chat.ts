import type { MockApi } from "./api.ts";
import { countMessages, parseObject, required } from "./fields.ts";
import {
  ollamaError,
  type OllamaRequest,
  ollamaRequest,
  ollamaStream,
  ollamaWhole,
} from "./ollama.ts";

/** Ollama's chat. */
export const ollamaChatApi: MockApi<OllamaRequest> = {
  paths: ["/api/chat"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    return ollamaRequest(fields, countMessages(required(fields, "messages")), defaults);
  },
  whole: (request, identity) => ollamaWhole(request, identity, messageWith),
  streamed: (request, identity) => ollamaStream(request, identity, messageWith),
  errorBody: ollamaError,
};

function messageWith(text: string): string {
  return `"message":{"role":"assistant","content":"${text}"}`;
}
