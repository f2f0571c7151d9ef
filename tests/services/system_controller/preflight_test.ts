import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { PLAIN_CONNECTIONS } from "../../../common/model/connection_plan.ts";
import {
  checkReachable,
  discoverModel,
  NoModelError,
  UnreachableError,
} from "../../../services/system_controller/preflight.ts";

import { pemText } from "../../helpers/certificates.ts";

const NO_SECRETS = { apiKey: null, headers: {} };

async function withServer(
  handler: (request: Request) => Response,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

function modelsAnswer(...ids: string[]): Response {
  return Response.json({ object: "list", data: ids.map((id) => ({ id, object: "model" })) });
}

Deno.test("checkReachable() is content with any HTTP answer", async () => {
  await withServer(() => new Response("no", { status: 404 }), async (url) => {
    await checkReachable([`${url}/v1/chat/completions`], NO_SECRETS);
  });
});

Deno.test("checkReachable() does not wait for the end of an answer", async () => {
  await withServer(() => new Response(new ReadableStream()), async (url) => {
    await checkReachable([url], NO_SECRETS);
  });
});

Deno.test("checkReachable() says that nobody listens on the port", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await assertRejects(
    () => checkReachable([`${url}/v1/chat/completions`], NO_SECRETS),
    UnreachableError,
    `Cannot reach ${url}: connection refused; is the server running on this port?`,
  );
});

Deno.test("checkReachable() blames the proxy that nobody listens at", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const connections = { ...PLAIN_CONNECTIONS, proxy: `http://user:hush@127.0.0.1:${port}/` };
  const error = await assertRejects(
    () => checkReachable(["http://far.test:8000/v1"], { ...NO_SECRETS, connections }),
    UnreachableError,
  );
  assertEquals(
    error.message,
    `Cannot reach http://far.test:8000: the proxy at 127.0.0.1:${port} refused the connection (--proxy)`,
  );
});

Deno.test("checkReachable() says that a host name cannot be resolved", async () => {
  await assertRejects(
    () => checkReachable(["http://no-such-host.invalid:8000/"], NO_SECRETS),
    UnreachableError,
    "Cannot reach http://no-such-host.invalid:8000: the host name cannot be resolved; " +
      "is it spelled right?",
  );
});

Deno.test("checkReachable() says that the other side does not speak HTTP", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.9\r\n"));
      connection.close();
    }
  })();
  const error = await assertRejects(
    () => checkReachable([`http://127.0.0.1:${listener.addr.port}/`], NO_SECRETS),
    UnreachableError,
  );
  assertEquals(/does not speak HTTP .*; is it http or https\?$/.test(error.message), true);
  listener.close();
  await serving;
});

Deno.test("checkReachable() says what is wrong with a secure connection, and which option mends it", async () => {
  const server = createTlsServer({ cert: pemText("server"), key: pemText("server_key") });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const error = await assertRejects(
    () => checkReachable([`https://127.0.0.1:${port}/`], NO_SECRETS),
    UnreachableError,
  );
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assertMatch(
    error.message,
    /^Cannot reach \S+: no secure connection: its certificate comes from nobody .* --ca-cert$/,
  );
});

Deno.test("discoverModel() takes the one model that the server names", async () => {
  await withServer((request) => {
    assertEquals(new URL(request.url).pathname, "/prefix/v1/models");
    return modelsAnswer("llama");
  }, async (url) => {
    assertEquals(await discoverModel([`${url}/prefix/v1/models`], NO_SECRETS), "llama");
  });
});

Deno.test("discoverModel() sends the key and the user's headers", async () => {
  let seen = "";
  await withServer((request) => {
    seen = `${request.headers.get("authorization")} ${request.headers.get("x-team")}`;
    return modelsAnswer("m");
  }, async (url) => {
    await discoverModel([`${url}/v1/models`], { apiKey: "k", headers: { "X-Team": "blue" } });
  });
  assertEquals(seen, "Bearer k blue");
});

Deno.test("several servers are all asked, and must offer the same model", async () => {
  await withServer(() => modelsAnswer("a"), async (one) => {
    await withServer(() => modelsAnswer("b"), async (other) => {
      const urls = [`${one}/v1/models`, `${other}/v1/models`];
      assertEquals(await discoverModel([urls[0]!, urls[0]!], NO_SECRETS), "a");
      await assertRejects(
        () => discoverModel(urls, NO_SECRETS),
        NoModelError,
        `--model: none given, and ${urls[0]} offers a, but ${urls[1]} b; name the model by --model`,
      );
      await checkReachable([one, other], NO_SECRETS);
      await assertRejects(
        () => checkReachable([one, "http://no-such-host.invalid/"], NO_SECRETS),
        UnreachableError,
        "Cannot reach http://no-such-host.invalid: ",
      );
    });
  });
});

const BAD_ANSWERS: readonly [string, () => Response, string][] = [
  [
    "several models",
    () => modelsAnswer("a", "b"),
    "--model: none given and <url>/v1/models offers 2 models: a, b; name the model by --model",
  ],
  [
    "no model",
    () => modelsAnswer(),
    "--model: none given and <url>/v1/models offers no model; name the model by --model",
  ],
  [
    "an error",
    () => new Response("no", { status: 404 }),
    "--model: none given and none to be found: GET <url>/v1/models answered 404; " +
    "name the model by --model",
  ],
  [
    "something else",
    () => new Response("<html>"),
    "--model: none given and none to be found: GET <url>/v1/models did not answer a list of " +
    "models; name the model by --model",
  ],
];

for (const [what, answer, message] of BAD_ANSWERS) {
  Deno.test(`discoverModel() asks for --model when the server answers ${what}`, async () => {
    await withServer(answer, async (url) => {
      const error = await assertRejects(
        () => discoverModel([`${url}/v1/models`], NO_SECRETS),
        NoModelError,
      );
      assertEquals(error.message, message.replace("<url>", url));
    });
  });
}
