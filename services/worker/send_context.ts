import type { HttpTransport } from "../../common/http/http_transport.ts";
import type { EndpointPlan, RunSecrets } from "../../common/model/run_config.ts";
import type { Clock } from "../../common/runtime/clock.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { InFlight } from "./in_flight.ts";
import { createRequestTemplate, type RequestTemplate } from "./request_template.ts";

/** What a worker is made of, as far as its requests are concerned. */
export interface SendContextOptions {
  plan: EndpointPlan;
  secrets: RunSecrets;
  /** The API of `plan.type`. */
  endpoint: Endpoint;
  workerId: string;
  clock: Clock;
  transport: HttpTransport;
  /** Makes request ids; random UUIDs unless given. */
  newId?: () => string;
}

/** What all requests of a worker share. */
export interface SendContext {
  readonly template: RequestTemplate;
  readonly workerId: string;
  readonly clock: Clock;
  readonly transport: HttpTransport;
  readonly newId: () => string;
  readonly inFlight: InFlight;
}

/**
 * Prepares what all requests of a worker share, once per run.
 *
 * Throws an `Error` when a header or the URL cannot be used.
 */
export function createSendContext(options: SendContextOptions): SendContext {
  const { plan, secrets, endpoint, workerId, clock, transport } = options;
  return {
    template: createRequestTemplate(endpoint, plan, secrets),
    workerId,
    clock,
    transport,
    newId: options.newId ?? (() => crypto.randomUUID()),
    inFlight: new InFlight(clock, { timeoutMs: plan.timeoutMs }),
  };
}
