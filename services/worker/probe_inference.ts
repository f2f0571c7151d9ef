import { openTransport } from "../../common/http/open_transport.ts";
import { type Conversation, plainTurn } from "../../common/model/conversation.ts";
import type { InferenceProbe } from "../../common/model/readiness.ts";
import { BadInputError } from "../../common/service/bad_input_error.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { loadEndpoint } from "./endpoints/registry.ts";
import { createSendContext, type SendContext } from "./send_context.ts";
import { sendRequest } from "./send_request.ts";
import { CREDIT } from "./warm_up.ts";

/** Says something in every API that takes text. */
const TURN = plainTurn(["Are you ready?"], { passages: ["Yes."], outputTokens: 1 });

const CONVERSATION: Conversation = { index: 0, id: "readiness", opening: [], turns: [TURN] };

/** Otherwise it would be waited for in vain. */
function checkText({ template }: SendContext, type: string): void {
  try {
    template.buildBody([TURN]);
  } catch (error) {
    throw new BadInputError(
      `--wait-for-model-mode: inference needs an API that takes text, and ${type} does not ` +
        `(${(error as Error).message}); use models`,
    );
  }
}

/**
 * Sends one short request as the run would; null when the server answers it, else why not.
 *
 * An answer without content will do: the server may have needed its one token for its thoughts.
 * Rejects with a BadInputError when the API has no use for a text.
 */
export async function probeInference(probe: InferenceProbe): Promise<string | null> {
  const { endpoint: plan, secrets, signal } = probe;
  const clock = new SystemClock(0);
  const transport = await openTransport(secrets.connections, clock);
  try {
    const context = createSendContext({
      plan,
      secrets,
      endpoint: await loadEndpoint(plan.type),
      workerId: "",
      clock,
      transport,
    });
    checkText(context, plan.type);
    const session = { correlationId: crypto.randomUUID(), answers: [] };
    const job = {
      credit: CREDIT,
      conversation: CONVERSATION,
      receivedNs: 0,
      conversationWaitNs: 0,
      session,
    };
    const { outcome, error, httpStatus } = await sendRequest(job, context, signal);
    if (outcome === "success" || error?.type === "EmptyResponse") return null;
    const status = httpStatus === null ? "" : `${httpStatus} `;
    return `${plan.urls[0]}: ${status}${error?.type}: ${error?.message}`;
  } finally {
    transport.close();
  }
}
