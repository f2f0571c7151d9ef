import type { Turn } from "../../../common/model/conversation.ts";
import type { Endpoint } from "./endpoint.ts";
import {
  bodyWith,
  isStreaming,
  picturesOf,
  readLine,
  readWhole,
  type Said,
} from "./ollama_shapes.ts";
import { isObject, type JsonObject } from "./openai_shapes.ts";
import { lastTurn } from "./whole_answers.ts";

/** Ollama's `/api/chat`, whose streams have a JSON object on each line. */
export const ollamaChatEndpoint: Endpoint = {
  framing: "lines",
  isStreaming,
  buildBody: (request) => {
    const turn = lastTurn(request);
    const messages = request.turns.flatMap(messagesOf);
    return bodyWith({ messages }, { ...request, turn });
  },
  readEvent: (event) => readLine(event, said),
  readAnswer: (body) => readWhole(body, said),
};

/** A turn's messages; those that the data set has are sent as they are. */
function messagesOf(turn: Turn): JsonObject[] {
  if (turn.messages !== null) return turn.messages;
  return [{ role: turn.role, content: turn.texts.join("\n"), ...picturesOf(turn) }];
}

function said({ message }: JsonObject): Said {
  const { content, thinking, tool_calls: toolCalls } = isObject(message) ? message : {};
  return { content, thinking, toolCalls };
}
