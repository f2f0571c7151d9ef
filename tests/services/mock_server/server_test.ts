import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { MockServerOptions } from "../../../services/mock_server/mock_options.ts";
import type { LogPage } from "../../../services/mock_server/request_log.ts";
import { type MockServer, startMockServer } from "../../../services/mock_server/server.ts";

const MESSAGES = [{ role: "user", content: "one two three" }];

interface Client {
  readonly server: MockServer;
  get(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

/** Runs `test` against a server of its own, through a client that leaves no connection open. */
async function withServer(options: MockServerOptions, test: (client: Client) => Promise<void>) {
  const server = startMockServer(options);
  const http = Deno.createHttpClient({});
  const get = (path: string, init: RequestInit = {}) => {
    return fetch(server.url + path, { ...init, client: http });
  };
  const post = (path: string, body: unknown, init: RequestInit = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return get(path, { ...init, method: "POST", body: text });
  };
  try {
    await test({ server, get, post });
  } finally {
    await server.stop();
    http.close();
  }
}

function events(text: string) {
  return text.split("\n\n").filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event) => JSON.parse(event.slice("data: ".length)));
}

Deno.test("mock server names one model and is healthy", async () => {
  await withServer({ model: "some/model" }, async ({ get, server }) => {
    const models = await (await get("/v1/models")).json();
    assertEquals(models.data.map((model: { id: string }) => model.id), ["some/model"]);
    const startedUnixS = performance.timeOrigin / 1_000;
    assert(Math.abs(models.data[0].created - startedUnixS) < 3_600, models.data[0].created);
    assertEquals(await (await get("/health")).json(), { status: "ok" });
    assertEquals(server.url, `http://127.0.0.1:${server.port}`);
    const head = await get("/health", { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length"), await head.text()], [
      200,
      "15",
      "",
    ]);
  });
});

Deno.test("mock server streams exactly the tokens asked for, then usage, then [DONE]", async () => {
  await withServer({ itlMs: 0.5, jitter: 0.5 }, async ({ post }) => {
    const answer = await post("/v1/chat/completions", {
      messages: MESSAGES,
      max_completion_tokens: 40,
      stream: true,
      stream_options: { include_usage: true },
    });
    assertEquals(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const text = await answer.text();
    assert(text.endsWith("data: [DONE]\n\n"));
    const all = events(text);
    assertEquals(all[0].choices[0].delta, { role: "assistant", content: "" });
    assertEquals(all.filter((event) => event.choices[0]?.delta.content).length, 40);
    assertEquals(all.at(-1).choices, []);
    assertEquals(all.at(-1).usage, { prompt_tokens: 3, completion_tokens: 40, total_tokens: 43 });
  });
});

Deno.test("mock server answers whole: chat, completions, embeddings", async () => {
  await withServer({ defaultOutputTokens: 5 }, async ({ post }) => {
    const chat = await (await post("/v1/chat/completions", { messages: MESSAGES })).json();
    assertEquals(chat.choices[0].message.content, " the quick answer to your");
    assertEquals([chat.usage.completion_tokens, chat.choices[0].finish_reason], [5, "stop"]);
    const plain = await (await post("/v1/completions", { prompt: "a b", max_tokens: 2 })).json();
    assertEquals([plain.choices[0].text, plain.usage.total_tokens], [" the quick", 4]);
    const vectors = await (await post("/v1/embeddings", { input: ["a", "b"] })).json();
    assertEquals(vectors.data.length, 2);
  });
});

Deno.test("mock server refuses bad requests as OpenAI does", async () => {
  await withServer({}, async ({ get, post, server }) => {
    const cases: [Promise<Response>, number, string | null][] = [
      [post("/v1/chat/completions", "{nonsense"), 400, null],
      [post("/v1/chat/completions", {}), 400, "missing_required_parameter"],
      [post("/v1/embeddings", { input: [] }), 400, "invalid_value"],
      [get("/v1/chat/completions"), 405, "method_not_allowed"],
      [post("/health", {}), 405, "method_not_allowed"],
      [get("/v2/nothing"), 404, "unknown_url"],
      [get("/mock/requests?from=x"), 400, "invalid_value"],
    ];
    for (const [pending, status, code] of cases) {
      const answer = await pending;
      const { error } = await answer.json();
      assertEquals([answer.status, error.code, typeof error.message], [status, code, "string"]);
    }
    assertEquals(server.stats().errors, 3);
  });
});

Deno.test("mock server fails the same requests for the same seed", async () => {
  const run = async (seed: number) => {
    const statuses: number[] = [];
    await withServer({ errorRate: 0.3, errorStatus: 503, seed }, async ({ post }) => {
      for (let i = 0; i < 40; i++) {
        const answer = await post("/v1/completions", { prompt: "x", max_tokens: 1 });
        await answer.body?.cancel();
        statuses.push(answer.status);
      }
    });
    return statuses;
  };
  const first = await run(7);
  assert(first.includes(200) && first.includes(503));
  assertEquals(await run(7), first);
  assert(String(await run(8)) !== String(first));
});

Deno.test("mock server names the kind of error that its status stands for", async () => {
  const kinds: [status: number, type: string][] = [
    [400, "invalid_request_error"],
    [429, "rate_limit_error"],
    [499, "invalid_request_error"],
    [500, "server_error"],
    [503, "server_error"],
  ];
  for (const [errorStatus, type] of kinds) {
    await withServer({ errorRate: 1, errorStatus }, async ({ post }) => {
      const answer = await post("/v1/completions", { prompt: "x", max_tokens: 1 });
      assertEquals([answer.status, (await answer.json()).error.type], [errorStatus, type]);
    });
  }
});

Deno.test("mock server tells the true times of its requests", async () => {
  await withServer({ ttftMs: 2, itlMs: 1 }, async ({ get, post, server }) => {
    const before = performance.timeOrigin + performance.now();
    for (const id of ["a", "b"]) {
      const body = { messages: MESSAGES, max_tokens: 3, stream: true };
      await (await post("/v1/chat/completions", body, { headers: { "x-request-id": id } })).text();
    }
    const after = performance.timeOrigin + performance.now();
    const page: LogPage = await (await get("/mock/requests")).json();
    assertEquals(page, JSON.parse(JSON.stringify(server.requests())));
    assertEquals(page.requests.map((request) => request.requestId), ["a", "b"]);
    for (const request of page.requests) {
      const { receivedMs, firstWriteMs, tokenWriteMs, endMs } = request;
      assertEquals(tokenWriteMs.length, 3);
      assert(tokenWriteMs.every((at, k) => at >= receivedMs + 2 + k - 0.001));
      const all = [
        before,
        receivedMs,
        firstWriteMs!,
        ...tokenWriteMs,
        endMs! + 0.001,
        after + 0.002,
      ];
      // Milliseconds since 1970 come in steps of 0.25 µs, so that two clocks may differ by some.
      assert(all.every((at, i) => i === 0 || at >= all[i - 1]! - 0.001), String(all));
    }
    assertEquals((await (await get("/mock/requests?from=1&limit=5")).json()).requests.length, 1);
    const cleared = await (await get("/mock/requests", { method: "DELETE" })).json();
    assertEquals(cleared.received, 0);
    assertEquals((await (await get("/mock/requests")).json()).requests, []);
    assertEquals((await (await get("/mock/stats")).json()).maxInFlight, 0);
  });
});

Deno.test("mock server notices that a client went away", async () => {
  await withServer({ itlMs: 5, defaultOutputTokens: 100_000 }, async ({ post, server }) => {
    const abort = new AbortController();
    const body = { messages: MESSAGES, stream: true };
    const answer = await post("/v1/chat/completions", body, { signal: abort.signal });
    const reader = answer.body!.getReader();
    await reader.read();
    assertEquals(server.stats().inFlight, 1);
    abort.abort();
    await assertRejects(() => reader.read());
    while (server.stats().inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals([server.stats().aborted, server.requests().requests[0]!.outcome], [1, "aborted"]);
  });
});

Deno.test("mock server stops in the middle of open streams and idle connections", async () => {
  const server = startMockServer({ ttftMs: 60_000 });
  const idle = await Deno.connect({ port: server.port });
  const http = Deno.createHttpClient({});
  const body = JSON.stringify({ messages: MESSAGES, stream: true });
  const answer = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    body,
    client: http,
  });
  await server.stop();
  await assertRejects(() => answer.text());
  await assertRejects(() => fetch(`${server.url}/health`, { client: http }));
  idle.close();
  http.close();
});

Deno.test("mock server takes bodies in chunks, many connections, and much data", async () => {
  await withServer({}, async ({ post, server }) => {
    const content = "word ".repeat(200_000);
    const text = JSON.stringify({ messages: [{ role: "user", content }], max_tokens: 1 });
    const answer = await post("/v1/chat/completions", text);
    assertEquals((await answer.json()).usage.prompt_tokens, 200_000);
    const streamed = new Blob([text]).stream();
    const chunked = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: streamed,
      headers: { connection: "close" },
    });
    assertEquals((await chunked.json()).usage.prompt_tokens, 200_000);
    const answers = await Promise.all(Array.from({ length: 50 }, async () => {
      const body = { messages: MESSAGES, max_tokens: 2000, stream: true };
      return events(await (await post("/v1/chat/completions", body)).text()).length;
    }));
    assertEquals(answers, Array(50).fill(2002));
  });
});

Deno.test("mock server turns a client that speaks TLS away at once, and says so once", async () => {
  const reasons: string[] = [];
  const server = startMockServer({}, (reason) => reasons.push(reason));
  for (let i = 0; i < 2; i++) {
    const url = server.url.replace("http:", "https:");
    await assertRejects(() => fetch(url, { signal: AbortSignal.timeout(5_000) }), TypeError);
  }
  assertEquals(reasons, ["This server has no https://"]);
  await server.stop();
});

Deno.test("startMockServer() names every bad option", () => {
  const error = assertThrows(
    () => startMockServer({ ttftMs: -1, errorRate: NaN, port: 1.5, model: "" }),
    RangeError,
  ) as RangeError;
  assertEquals(
    error.message,
    "Bad mock server options: model must not be empty; " +
      "port must be an integer from 0 to 65535: current value is 1.5; " +
      "ttftMs must be a number from 0 to 86400000: current value is -1; " +
      "errorRate must be a number from 0 to 1: current value is NaN",
  );
});

Deno.test("startMockServer() throws when the port is taken", async () => {
  const server = startMockServer();
  assertThrows(() => startMockServer({ port: server.port }), Deno.errors.AddrInUse);
  await server.stop();
});
