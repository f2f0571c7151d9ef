import { assertEquals } from "@std/assert";
import {
  canTransition,
  IllegalTransitionError,
  SERVICE_STATES,
  type ServiceState,
} from "../../../common/service/lifecycle.ts";

const LEGAL: Readonly<Record<ServiceState, readonly ServiceState[]>> = {
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

for (const from of SERVICE_STATES) {
  Deno.test(`a service that is ${from} can become ${LEGAL[from].join(", ") || "nothing"}`, () => {
    const next = SERVICE_STATES.filter((to) => canTransition(from, to));
    assertEquals(new Set(next), new Set(LEGAL[from]));
  });
}

Deno.test("an illegal transition names the service and both states", () => {
  assertEquals(
    new IllegalTransitionError("worker_1", "stopped", "running").message,
    'Cannot move service "worker_1" from stopped to running',
  );
});
