import { assertEquals } from "@std/assert";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { EndpointPlan } from "../../../../common/model/run_config.ts";
import {
  type AnswerPart,
  answerPart,
  type Endpoint,
} from "../../../../services/worker/endpoints/endpoint.ts";
import { endpointPlanOf } from "../../../helpers/endpoint_plan.ts";

/** A plan of streamed requests. */
export const PLAN: EndpointPlan = endpointPlanOf({ model: "m", timeoutMs: 1000 });

/** A turn that says `hi` and wants five tokens. */
export const TURN = plainTurn(["hi"], { inputTokens: 1, outputTokens: 5 });

/** A picture, a sound and a video. */
export const MEDIA = {
  images: ["data:image/png;base64,AA=="],
  audios: ["data:audio/mpeg;base64,BB=="],
  videos: ["https://h/c.mp4"],
};

/** The parsed body of a request. */
export function bodyOf(
  endpoint: Endpoint,
  plan: Partial<EndpointPlan> = {},
  turns: Turn[] = [TURN],
): Record<string, unknown> {
  const body = endpoint.buildBody({ plan: { ...PLAN, ...plan }, model: "m", turns });
  return JSON.parse(body as string);
}

/** One case a row: what it is, the event's data, what is to be understood. */
export type EventCase = [name: string, data: unknown, expected: Partial<AnswerPart>];

/** Makes a test of each row; an event has the name that its data has as `type`, if `named`. */
export function testEvents(endpoint: Endpoint, api: string, cases: EventCase[], named = false) {
  for (const [name, payload, expected] of cases) {
    Deno.test(`an event of ${api}: ${name}`, () => {
      const data = typeof payload === "string" ? payload : JSON.stringify(payload);
      const type = (payload as { type?: string }).type;
      const event = named && type !== undefined ? type : "message";
      assertEquals(endpoint.readEvent({ event, data, id: "" }), answerPart(expected));
    });
  }
}
