import { countWords } from "../mock_text.ts";
import type { MockApi } from "./api.ts";
import { invalid, optionalString, parseObject, required } from "./fields.ts";
import {
  ollamaError,
  type OllamaRequest,
  ollamaRequest,
  ollamaStream,
  ollamaWhole,
} from "./ollama.ts";

/** Ollama's generate. */
export const ollamaGenerateApi: MockApi<OllamaRequest> = {
  paths: ["/api/generate"],
  parse(request, defaults) {
    const fields = parseObject(request.body);
    const prompt = required(fields, "prompt");
    if (typeof prompt !== "string") throw invalid("prompt", "a text", prompt);
    const system = optionalString(fields, "system") ?? "";
    return ollamaRequest(fields, countWords(system) + countWords(prompt), defaults);
  },
  whole: (request, identity) => ollamaWhole(request, identity, responseOf),
  streamed: (request, identity) => ollamaStream(request, identity, responseOf),
  errorBody: ollamaError,
};

function responseOf(text: string): string {
  return `"response":"${text}"`;
}
