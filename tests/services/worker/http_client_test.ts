import { assertEquals } from "@std/assert";
import {
  createHttpClient,
  type FetchFunction,
  fetchWith,
} from "../../../services/worker/http_client.ts";
import { type RawServer, startRawServer, wholeAnswer } from "./raw_server.ts";

const ANSWER = wholeAnswer("200 OK", "application/json", "{}");

async function post(fetch: FetchFunction, url: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body: "{}" });
  assertEquals(await response.text(), "{}");
}

/** A server that answers only when `together` requests wait for an answer. */
function startBarrierServer(together: number): RawServer {
  let waiting: (() => void)[] = [];
  return startRawServer(async (connection) => {
    while (await connection.request() !== null) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < together) return;
        for (const answer of waiting) answer();
        waiting = [];
      });
      await connection.write(ANSWER);
    }
  });
}

Deno.test("all requests are in flight at once, and their connections serve the next ones", async () => {
  const server = startBarrierServer(100);
  const client = createHttpClient();
  const fetch = fetchWith(client);
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 100 }, () => post(fetch, server.url)));
  }
  // A connection can be a moment late to be found idle, which opens another one.
  assertEquals(server.opened() >= 100 && server.opened() <= 110, true, `${server.opened()} opened`);
  client.close();
  server.close();
});

Deno.test("a connection that the server has closed while it was idle is not used again", async () => {
  const closed = Promise.withResolvers<void>();
  const server = startRawServer(async (connection) => {
    if (await connection.request() === null) return;
    await connection.write(ANSWER);
    connection.close();
    closed.resolve();
  });
  const client = createHttpClient();
  const fetch = fetchWith(client);
  for (let i = 0; i < 3; i++) {
    await post(fetch, server.url);
    await closed.promise;
    // The news of the close travels through the kernel: let the event loop turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(server.opened(), 3);
  client.close();
  server.close();
});

Deno.test("no proxy of the environment comes between, and the environment stays as it was", async () => {
  const proxy = startRawServer((connection) => Promise.resolve(connection.close()));
  const server = startBarrierServer(1);
  const before = Deno.env.get("HTTP_PROXY");
  Deno.env.set("HTTP_PROXY", `http://${proxy.host}`);
  try {
    const client = createHttpClient();
    assertEquals(Deno.env.get("HTTP_PROXY"), `http://${proxy.host}`);
    await post(fetchWith(client), server.url);
    assertEquals([proxy.opened(), server.opened()], [0, 1]);
    client.close();
  } finally {
    if (before === undefined) Deno.env.delete("HTTP_PROXY");
    else Deno.env.set("HTTP_PROXY", before);
    proxy.close();
    server.close();
  }
});
