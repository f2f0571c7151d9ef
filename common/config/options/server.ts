import { READINESS_MODES } from "../../model/readiness.ts";
import { option } from "../option.ts";
import { choice, decimal } from "../value_type.ts";

/** What is asked of the server beside the requests of the benchmark. */
export const SERVER_OPTIONS = {
  waitForModelTimeout: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "endpoint.wait_for_model.timeout",
    unit: "seconds",
    help:
      "Wait up to so long for the server to be ready before anything is started; 0 does not wait. Nothing of it is in the results.",
  }),
  waitForModelMode: option({
    type: choice(READINESS_MODES),
    default: "inference",
    path: "endpoint.wait_for_model.mode",
    help:
      "When a server is ready: when it answers a short request, when its list of models has the model, or both. APIs that take more than text need models.",
  }),
  waitForModelInterval: option({
    type: decimal({ min: 0, above: true }),
    default: 5,
    path: "endpoint.wait_for_model.interval",
    unit: "seconds",
    help: "How long to wait between two looks at a server that is not ready.",
  }),
};
