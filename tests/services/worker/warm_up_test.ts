import { assert, assertEquals } from "@std/assert";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { chatEndpoint } from "../../../services/worker/endpoints/chat.ts";
import { warmUp } from "../../../services/worker/warm_up.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

for (const streaming of [true, false]) {
  Deno.test(`the warm-up of ${streaming ? "streams" : "whole answers"} asks no server`, async () => {
    const answers: string[] = [];
    await warmUp({
      plan: planOf(streaming),
      secrets: { apiKey: "secret", headers: {} },
      endpoint: chatEndpoint,
      workerId: "worker_0",
      clock: new FakeClock(),
      async fetch(url, init) {
        assertEquals(new URL(url).protocol, "data:");
        const response = await fetch(url, init);
        answers.push(await response.clone().text());
        return response;
      },
    });
    assert(answers.length > 0);
    assert(answers.every((answer) => answer.startsWith("data: ") === streaming));
  });
}

function planOf(streaming: boolean): EndpointPlan {
  return endpointPlanOf({ streaming, timeoutMs: 1_000 });
}
