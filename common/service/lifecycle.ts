/** The states of a service, in the order of a healthy life. */
export const SERVICE_STATES = [
  "created",
  "initializing",
  "initialized",
  "configuring",
  "configured",
  "starting",
  "running",
  "stopping",
  "stopped",
  "failed",
] as const;

/** The state of a service. */
export type ServiceState = typeof SERVICE_STATES[number];

/** From each state, the states that may follow; `failed` may follow any but the two last. */
const TRANSITIONS: Readonly<Record<ServiceState, readonly ServiceState[]>> = {
  created: ["initializing", "failed"],
  initializing: ["initialized", "failed"],
  initialized: ["configuring", "stopping", "failed"],
  configuring: ["configured", "stopping", "failed"],
  configured: ["starting", "stopping", "failed"],
  starting: ["running", "stopping", "failed"],
  running: ["stopping", "failed"],
  stopping: ["stopped", "failed"],
  stopped: [],
  failed: ["stopping"],
};

/** Whether a service may go from one state to the other. */
export function canTransition(from: ServiceState, to: ServiceState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Thrown when a service is asked to go where its lifecycle does not lead. */
export class IllegalTransitionError extends Error {
  override readonly name = "IllegalTransitionError";

  constructor(serviceId: string, from: ServiceState, to: ServiceState) {
    super(`Cannot move service "${serviceId}" from ${from} to ${to}`);
  }
}
