import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { probeInference } from "../../../services/worker/probe_inference.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { closedUrl, withServer } from "../../helpers/servers.ts";

function probe(url: string, signal = new AbortController().signal): Promise<string | null> {
  const endpoint = endpointPlanOf({ urls: [url], streaming: false, timeoutMs: 20_000 });
  return probeInference({ endpoint, secrets: { apiKey: "sk-probe-key", headers: {} }, signal });
}

Deno.test("a server that answers a short request is ready", async () => {
  const bodies: Record<string, unknown>[] = [];
  await withServer(async (request) => {
    assertEquals(request.headers.get("authorization"), "Bearer sk-probe-key");
    bodies.push(await request.json());
    return Response.json({ choices: [{ message: { content: "yes" } }] });
  }, async (url) => assertEquals(await probe(`${url}/v1/chat/completions`), null));
  assertEquals(bodies, [{
    messages: [{ role: "user", content: "Are you ready?" }],
    model: "mock",
    stream: false,
    max_completion_tokens: 1,
  }]);
});

Deno.test("an answer without content will do", async () => {
  await withServer(
    () => Response.json({ choices: [{ message: { content: "" }, finish_reason: "length" }] }),
    async (url) => assertEquals(await probe(url), null),
  );
});

Deno.test("why a server is not ready is told with its URL, and without the key", async () => {
  await withServer(
    () => new Response("loading sk-probe-key", { status: 503 }),
    async (url) =>
      assertEquals(await probe(url), `${url}: 503 Service Unavailable: loading [redacted]`),
  );
  const closed = closedUrl();
  const host = new URL(closed).host;
  assertEquals(await probe(closed), `${closed}: ConnectionRefused: ${host} refused the connection`);
});

Deno.test("a request that hangs is cut off by the user", async () => {
  const user = new AbortController();
  const hung = Promise.withResolvers<Response>();
  await withServer(() => {
    user.abort();
    return hung.promise;
  }, async (url) => {
    assertStringIncludes(await probe(url, user.signal) ?? "", "RequestCancellationError");
    hung.resolve(new Response());
  });
});

Deno.test("an API that takes no text is told at once, not waited for", async () => {
  await assertRejects(
    () =>
      probeInference({
        endpoint: endpointPlanOf({ type: "raw", urls: [closedUrl()] }),
        secrets: { apiKey: null, headers: {} },
        signal: new AbortController().signal,
      }),
    BadInputError,
    "--wait-for-model-mode: inference needs an API that takes text, and raw does not (a raw " +
      "request needs a body in the data set); use models",
  );
});
