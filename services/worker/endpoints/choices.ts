import { type AnswerPart, answerPart } from "./endpoint.ts";
import { findError, isObject, type JsonObject, readUsage } from "./openai_shapes.ts";

/**
 * Reads a body, or an event, with `choices`, as OpenAI's two older APIs have them; `readChoice` adds
 * what one choice says to a part.
 *
 * The first choice is the answer; those that `n` asked for besides it are kept apart, as no turn that
 * follows is to hear of them.
 */
export function readChoices(
  body: JsonObject,
  readChoice: (choice: JsonObject, part: AnswerPart) => void,
): AnswerPart {
  const part = answerPart();
  part.error = findError(body);
  part.usage = readUsage(body["usage"]);
  const choices = body["choices"];
  if (!Array.isArray(choices)) return part;
  for (const [position, choice] of choices.entries()) {
    if (!isObject(choice)) continue;
    const index = typeof choice["index"] === "number" ? choice["index"] : position;
    if (index === 0) {
      readChoice(choice, part);
      markContent(part, part);
    } else {
      const other = answerPart();
      readChoice(choice, other);
      markContent(part, other);
      const { content, toolCalls, reasoning } = other;
      if (content + toolCalls + reasoning !== "") {
        part.others = [...part.others, { index, output: content + toolCalls, reasoning }];
      }
    }
    const finish = choice["finish_reason"];
    if (typeof finish === "string") part.finish = finish;
  }
  return part;
}

/** Says what `part` carries now that `said` is a piece of it. */
function markContent(part: AnswerPart, said: AnswerPart): void {
  if (said.content !== "" || said.toolCalls !== "") part.carries = "output";
  else if (said.reasoning !== "" && part.carries === "nothing") part.carries = "reasoning";
}
