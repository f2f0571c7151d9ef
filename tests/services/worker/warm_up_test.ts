import { assert, assertEquals } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { ENDPOINT_TYPE_NAMES } from "../../../common/model/endpoint_types.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { chatEndpoint } from "../../../services/worker/endpoints/chat.ts";
import { loadEndpoint } from "../../../services/worker/endpoints/registry.ts";
import { warmUp } from "../../../services/worker/warm_up.ts";
import { watchedTransport } from "../../helpers/watched_transport.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

for (const streaming of [true, false]) {
  Deno.test(`the warm-up of ${streaming ? "streams" : "whole answers"} asks nobody else`, async () => {
    const clock = new FakeClock();
    const transport = new Http1Transport({ dial, clock });
    const types: (string | null)[] = [];
    let isClosed = false;
    await warmUp({
      plan: planOf(streaming),
      secrets: { apiKey: "secret", headers: {} },
      endpoint: chatEndpoint,
      workerId: "worker_0",
      clock,
      transport: watchedTransport(transport, {
        onSend: ({ url }) => assertEquals(new URL(url).hostname, "127.0.0.1"),
        onAnswer: (answer) => types.push(answer.header("Content-Type")),
        onClose: () => isClosed = true,
      }),
    });
    assert(types.length > 0 && isClosed);
    const expected = streaming ? "text/event-stream" : "application/json";
    assertEquals(new Set(types), new Set([expected]));
  });
}

function planOf(streaming: boolean): EndpointPlan {
  return endpointPlanOf({ streaming, timeoutMs: 1_000 });
}

for (const type of ENDPOINT_TYPE_NAMES) {
  Deno.test(`the warm-up of ${type} sends requests, whatever they need`, async () => {
    const clock = new FakeClock();
    const transport = new Http1Transport({ dial, clock });
    let sent = 0;
    const template = { body: "{}", responseField: null };
    await warmUp({
      plan: { ...planOf(false), type, template },
      secrets: { apiKey: null, headers: {} },
      endpoint: await loadEndpoint(type, { template }),
      workerId: "worker_0",
      clock,
      transport: watchedTransport(transport, { onSend: () => sent++ }),
    });
    assert(sent > 0);
  });
}

Deno.test("the warm-up for a secure server makes a secure connection, and minds no failure", async () => {
  const clock = new FakeClock();
  const secure: boolean[] = [];
  const transport = new Http1Transport({
    clock,
    dial: (address, signal) => {
      secure.push(address.isSecure);
      return dial(address, signal);
    },
  });
  await warmUp({
    plan: { ...planOf(true), urls: ["https://server.test/v1/chat/completions"] },
    secrets: { apiKey: null, headers: {} },
    endpoint: chatEndpoint,
    workerId: "worker_0",
    clock,
    transport,
  });
  assertEquals(secure, [false, true]);
});
