import { READINESS_MODES } from "../../model/readiness.ts";
import { option } from "../option.ts";
import { urlPath } from "../address_types.ts";
import { choice, decimal, toggle } from "../value_type.ts";

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
  resetKvCache: option({
    type: toggle(),
    default: false,
    path: "endpoint.reset_kv_cache.enabled",
    help:
      "Have the server empty its prefix cache before each run, after the warm-up if there is one.",
  }),
  resetKvCacheTimeoutSeconds: option({
    type: decimal({ min: 0, above: true }),
    default: 60,
    path: "endpoint.reset_kv_cache.timeout_seconds",
    unit: "seconds",
    help: "How long the server may take for that; then the run ends.",
  }),
  resetKvCachePath: option({
    type: urlPath(),
    default: "/reset_prefix_cache",
    path: "endpoint.reset_kv_cache.path",
    help: "Where to POST for it, below the URL without its /v1.",
  }),
  serverProfiler: option({
    type: toggle(),
    default: false,
    path: "endpoint.server_profiler.enabled",
    help:
      "Have the server, vLLM or SGLang, profile itself from the end of the warm-up to the end of the run, however that ends. It is slower meanwhile.",
  }),
  serverProfilerTimeoutSeconds: option({
    type: decimal({ min: 0, above: true }),
    default: 600,
    path: "endpoint.server_profiler.timeout_seconds",
    unit: "seconds",
    help:
      "How long the server may take to start or to stop its profiler, when it writes its files.",
  }),
  serverProfilerStartPath: option({
    type: urlPath(),
    default: "/start_profile",
    path: "endpoint.server_profiler.start_path",
    help: "Where to POST to start the profiler, below the URL without its /v1.",
  }),
  serverProfilerStopPath: option({
    type: urlPath(),
    default: "/stop_profile",
    path: "endpoint.server_profiler.stop_path",
    help: "Where to POST to stop the profiler, below the URL without its /v1.",
  }),
};
