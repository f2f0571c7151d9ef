import type { Endpoint } from "./endpoint.ts";
import {
  bodyWith,
  isStreaming,
  picturesOf,
  readLine,
  readWhole,
  type Said,
} from "./ollama_shapes.ts";
import type { JsonObject } from "./openai_shapes.ts";
import { plainPrompt } from "./plain_prompt.ts";
import { lastTurn } from "./whole_answers.ts";

/**
 * Ollama's `/api/generate`, whose streams have a JSON object on each line.
 *
 * System prompts go where the API has a place for them; it has none for turns, so that the rest is
 * one prompt.
 */
export const ollamaGenerateEndpoint: Endpoint = {
  framing: "lines",
  isStreaming,
  buildBody: (request) => {
    const turn = lastTurn(request);
    const isSystem = ({ role }: { role: string }) => role === "system";
    const system = plainPrompt(request.turns.filter(isSystem));
    const prompt = plainPrompt(request.turns.filter((other) => !isSystem(other)));
    const content = { ...(system !== "" && { system }), prompt, ...picturesOf(turn) };
    return bodyWith(content, { ...request, turn });
  },
  readEvent: (event) => readLine(event, said),
  readAnswer: (body) => readWhole(body, said),
};

function said({ response, thinking }: JsonObject): Said {
  return { content: response, thinking };
}
