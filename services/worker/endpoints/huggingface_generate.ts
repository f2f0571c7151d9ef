import type { Usage } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { parseJson } from "../parse_json.ts";
import type { SseEvent } from "../sse.ts";
import { type AnswerPart, answerPart, type BodyRequest, type Endpoint } from "./endpoint.ts";
import {
  count,
  findError,
  isObject,
  type JsonObject,
  notJson,
  stringOf,
  summedUsage,
} from "./openai_shapes.ts";
import { plainPrompt } from "./plain_prompt.ts";
import { lastTurn } from "./whole_answers.ts";

/**
 * Hugging Face's Text Generation Inference: `/generate`, and `/generate_stream` for streams.
 *
 * All that its API lets one choose stands in `parameters`, so that is where extra inputs go.
 */
export const huggingfaceGenerateEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: (plan: EndpointPlan) => plan.streaming,
  buildBody,
  readEvent,
  readAnswer,
};

function buildBody(request: BodyRequest): string {
  const { outputTokens } = lastTurn(request);
  const { parameters: given, inputs, ...extra } = request.plan.extraInputs;
  return JSON.stringify({
    inputs: inputs ?? plainPrompt(request.turns),
    parameters: {
      ...(outputTokens !== null && { max_new_tokens: outputTokens }),
      // Without them nobody says how many tokens there were.
      details: true,
      ...extra,
      ...(isObject(given) && given),
    },
  });
}

function readEvent({ event, data }: SseEvent): AnswerPart {
  const body = parseJson(data);
  if (!isObject(body)) {
    // A keep-alive has no data.
    if (data.trim() === "" && event !== "error") return answerPart();
    return answerPart({ error: notJson("an event of the stream", data) });
  }
  const token = body["token"];
  // A special token ends the text, it is no part of it.
  const isText = isObject(token) && token["special"] !== true;
  const content = isText ? stringOf(token["text"]) : "";
  return { ...readDetails(body), content, carries: content === "" ? "nothing" : "output" };
}

/** Old versions, and those of the hub, put the one answer into a list. */
function readAnswer(body: unknown): AnswerPart {
  const answer = Array.isArray(body) ? body[0] : body;
  if (!isObject(answer)) {
    return answerPart({ error: notJson("the answer", JSON.stringify(body) ?? "") });
  }
  const content = stringOf(answer["generated_text"]);
  return { ...readDetails(answer), content, carries: content === "" ? "nothing" : "output" };
}

function readDetails(body: JsonObject): AnswerPart {
  const details = isObject(body["details"]) ? body["details"] : null;
  return answerPart({
    error: findError(body),
    finish: details && (stringOf(details["finish_reason"]) || null),
    usage: details && usageOf(details),
    // The last event is the one that has the whole text.
    done: typeof body["generated_text"] === "string",
  });
}

/** Newer versions say how long the input was, older ones list its tokens if they are asked to. */
function usageOf(details: JsonObject): Usage {
  const { prefill } = details;
  const listed = Array.isArray(prefill) && prefill.length > 0 ? prefill.length : null;
  const promptTokens = count(details["input_length"]) ?? listed;
  const completionTokens = count(details["generated_tokens"]);
  return summedUsage({ promptTokens, completionTokens });
}
