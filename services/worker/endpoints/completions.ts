import type { Turn } from "../../../common/model/conversation.ts";
import { lengthLimit, streamOptions, wantsStream } from "./body_fields.ts";
import { readChoices } from "./choices.ts";
import type { AnswerPart, BodyRequest, Endpoint } from "./endpoint.ts";
import { readJsonAnswer, readJsonEvent } from "./json_event.ts";
import { refuseMedia } from "./media_parts.ts";
import { type JsonObject, stringOf } from "./openai_shapes.ts";
import { plainPrompt } from "./plain_prompt.ts";
import { lastTurn } from "./whole_answers.ts";

/** OpenAI's text completions. */
export const completionsEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: wantsStream,
  buildBody,
  readEvent: (event) => readJsonEvent(event, readTexts),
  readAnswer: (body) => readJsonAnswer(body, readTexts),
};

function buildBody(request: BodyRequest): string {
  const turn = lastTurn(request);
  const { plan, model, turns } = request;
  refuseMedia(turns, "completions", ["images", "audios", "videos"]);
  return JSON.stringify({
    prompt: promptOf(turns),
    model,
    stream: plan.streaming,
    ...lengthLimit(plan, turn, ["max_tokens"]),
    ...plan.extraInputs,
    ...streamOptions(plan),
  });
}

/** A single turn of several texts is a batch of prompts. */
function promptOf(turns: readonly Turn[]): string | string[] {
  const [first] = turns;
  const isBatch = turns.length === 1 && first!.messages === null && first!.texts.length > 1;
  return isBatch ? first!.texts : plainPrompt(turns);
}

function readTexts(body: JsonObject): AnswerPart {
  return readChoices(body, (choice, part) => {
    part.content += stringOf(choice["text"]);
  });
}
