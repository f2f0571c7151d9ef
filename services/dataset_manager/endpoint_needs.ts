import type { Conversation, Turn } from "../../common/model/conversation.ts";
import { endpointFacts, type EndpointNeed } from "../../common/model/endpoint_types.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import { FieldError } from "./formats/fields.ts";
import type { LineContent } from "./formats/format.ts";

/** A need, the field that fills it, and whether a turn does. */
interface Need {
  readonly field: string;
  /** The option that has it made up; null: there is none. */
  readonly option: string | null;
  isMet(turn: Turn): boolean;
}

const NEEDS: Readonly<Record<EndpointNeed, Need>> = {
  audios: {
    field: "audio",
    option: "--audio-length-mean",
    isMet: ({ media }) => media !== null && media.audios.length > 0,
  },
  body: { field: "payload", option: null, isMet: ({ body }) => body !== null },
  passages: {
    field: "passages",
    option: "--rankings-passages-mean",
    isMet: ({ passages }) => passages !== null && passages.length > 0,
  },
};

/** Throws a FieldError when a turn lacks what the endpoint cannot do without. */
export function checkNeeds(
  { opening, turns }: Pick<LineContent, "opening" | "turns">,
  endpointType: string,
): void {
  const need = needOf(endpointType);
  if (need === null) return;
  for (const [i, turn] of turns.entries()) {
    // A body of its own is sent as it is.
    if (turn.body !== null || need.isMet(turn)) continue;
    const isOnly = opening.length + turns.length === 1;
    const place = isOnly ? "" : `turns[${opening.length + i}].`;
    const reason = `is missing, and --endpoint-type ${endpointType} needs it`;
    throw new FieldError(place + need.field, reason);
  }
}

/** Throws a FieldError when a turn that others follow has no recorded answer. */
export function checkAnswers({ opening, turns }: Pick<LineContent, "opening" | "turns">): void {
  const missing = turns.slice(0, -1).findIndex(({ answer }) => answer === null);
  if (missing < 0) return;
  const reason = "is missing, and --history dataset needs it";
  throw new FieldError(`turns[${opening.length + missing}].answer`, reason);
}

/** Throws a BadInputError when made-up conversations lack what the endpoint cannot do without. */
export function checkMadeUp(first: Conversation, endpointType: string): void {
  const need = needOf(endpointType);
  if (need === null || first.turns.every((turn) => need.isMet(turn))) return;
  const madeUp = need.option === null ? "" : `, or have it made up by ${need.option}`;
  throw new BadInputError(
    `--endpoint-type ${endpointType}: needs ${need.field}, which the made-up prompts do not have; ` +
      `give it in an --input-file${madeUp}`,
  );
}

function needOf(endpointType: string): Need | null {
  const { needs } = endpointFacts(endpointType);
  return needs === undefined ? null : NEEDS[needs];
}
