import { type FetchFunction, FetchTransport } from "../../../common/http/fetch_transport.ts";
import type { HttpTransport } from "../../../common/http/http_transport.ts";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import type { EndpointPlan, RunSecrets } from "../../../common/model/run_config.ts";
import type { Clock } from "../../../common/runtime/clock.ts";
import { chatEndpoint } from "../../../services/worker/endpoints/chat.ts";
import type { Endpoint } from "../../../services/worker/endpoints/endpoint.ts";
import { createSendContext, type SendContext } from "../../../services/worker/send_context.ts";
import { type RequestJob, sendRequest } from "../../../services/worker/send_request.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";

/** A plan of streamed chat requests. */
export const PLAN: EndpointPlan = endpointPlanOf({
  urls: ["http://server.test:8000/v1/chat/completions"],
  model: "m",
  timeoutMs: 60_000,
});

/** Neither a key nor headers. */
export const NO_SECRETS: RunSecrets = { apiKey: null, headers: {} };

const CONVERSATION: Conversation = {
  index: 4,
  id: "conversation-4",
  opening: [],
  turns: [plainTurn(["hi"], { inputTokens: 3, outputTokens: 5 })],
};

/** A job with made-up times, the same each time. */
export const JOB: RequestJob = {
  credit: {
    id: 9,
    phase: "profiling",
    index: 7,
    conversationIndex: 4,
    turnIndex: 0,
    sessionIndex: 0,
    isLastTurn: true,
    cancelAfterNs: null,
    dueNs: 1000,
    issuedNs: 2000,
  },
  conversation: CONVERSATION,
  receivedNs: 3000,
  conversationWaitNs: 0,
  session: { correlationId: "session-1", answers: [] },
};

/** What `JOB` becomes before anything is known of its answer. */
export const RECORD: RequestRecord = {
  creditId: 9,
  phase: "profiling",
  index: 7,
  conversationIndex: 4,
  conversationId: "conversation-4",
  turnIndex: 0,
  isLastTurn: true,
  requestId: "request-1",
  correlationId: "session-1",
  workerId: "worker_1",
  model: "m",
  urlIndex: 0,
  streaming: true,
  outcome: "success",
  dueNs: 1000,
  issuedNs: 2000,
  receivedNs: 3000,
  conversationWaitNs: 0,
  sentNs: null,
  connectNs: null,
  openConnections: null,
  headersAfterNs: null,
  chunksAfterNs: [],
  firstOutputChunk: null,
  endAfterNs: null,
  inputTokens: 3,
  isStandalone: false,
  requestedOutputTokens: 5,
  usage: null,
  text: null,
  media: null,
  httpStatus: null,
  error: null,
};

/** What a test may change of a sending worker. */
export interface SendingOptions {
  /** Made of a `fetch`, where a test plays the answers. */
  transport?: HttpTransport;
  fetch?: FetchFunction;
  clock: Clock;
  plan?: Partial<EndpointPlan>;
  secrets?: RunSecrets;
  /** Chat unless given. */
  endpoint?: Endpoint;
  /** What is sent; `JOB` unless given. */
  job?: RequestJob;
}

/** A context whose request ids are `request-1`, `request-2` … */
export function contextOf(
  {
    transport,
    fetch = notExpected,
    clock,
    plan = {},
    secrets = NO_SECRETS,
    endpoint = chatEndpoint,
  }: SendingOptions,
): SendContext {
  let ids = 0;
  return createSendContext({
    plan: { ...PLAN, ...plan },
    secrets,
    endpoint,
    workerId: "worker_1",
    clock,
    transport: transport ?? new FetchTransport({ fetch, clock }),
    newId: () => `request-${++ids}`,
  });
}

function notExpected(): Promise<Response> {
  throw new Error("no request was expected");
}

/** Sends one request. */
export function sendOnce(
  options: SendingOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<RequestRecord> {
  return sendRequest(options.job ?? JOB, contextOf(options), signal);
}
