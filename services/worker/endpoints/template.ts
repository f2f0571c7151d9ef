import type { TemplatePlan } from "../../../common/model/run_config.ts";
import { type BodyTemplate, compileBody } from "../../../common/template/body_template.ts";
import { compilePath, type ResponsePath } from "../../../common/template/response_path.ts";
import { parseJson } from "../parse_json.ts";
import type { SseEvent } from "../sse.ts";
import type { AnswerPart, BodyRequest, Endpoint } from "./endpoint.ts";
import { guessAnswer, guessEvent, guessText } from "./guess_answer.ts";
import { lastTurn } from "./whole_answers.ts";

/**
 * The user's own API: a body in Jinja, and a path to what is to be read in the answers.
 *
 * Without a path, answers are read in whichever of the usual shapes they have; with one, they still
 * say in those shapes what they say of counts, errors and the end. Throws an Error when the plan has
 * no template, or one that cannot be used.
 */
export function templateEndpoint(plan: TemplatePlan | null): Endpoint {
  if (plan === null) throw new Error("there is no template to make requests with");
  const template = compileBody(plan.body);
  const path = plan.responseField === null ? null : compilePath(plan.responseField);
  return {
    framing: "either",
    isStreaming: ({ streaming }) => streaming,
    buildBody: (request) => bodyOf(request, template),
    readEvent: (event) => found(guessEvent(event), valueOf(event), path),
    readAnswer: (body) => found(guessAnswer(body), body, path),
    // Where a path leads into JSON, plain text is not what was asked for.
    ...(path === null && { readText: guessText }),
  };
}

function bodyOf(request: BodyRequest, template: BodyTemplate): string {
  lastTurn(request);
  const { model, plan: { streaming, extraInputs }, turns } = request;
  return JSON.stringify({ ...template({ model, stream: streaming, turns }), ...extraInputs });
}

function valueOf({ data }: SseEvent): unknown {
  return parseJson(data) ?? null;
}

/** The guessed part, its content replaced by what the path finds. */
function found(guess: AnswerPart, body: unknown, path: ResponsePath | null): AnswerPart {
  if (path === null || guess.error !== null || guess.done && body === null) return guess;
  const value = path(body);
  const isNothing = value === null || value === "" || value === false ||
    (Array.isArray(value) && value.length === 0);
  return {
    ...guess,
    content: textIn(value),
    reasoning: "",
    toolCalls: "",
    carries: isNothing ? "nothing" : "output",
  };
}

/** A text, or several; vectors, scores and objects are content without text. */
function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  return value.every((item) => typeof item === "string") ? value.join("") : "";
}
