import { assertEquals, assertRejects } from "@std/assert";
import { sendNow } from "../../../common/http/send_now.ts";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { HttpSyntaxError, ProxyError } from "../../../common/http/http_error.ts";
import type { HttpRequest } from "../../../common/http/http_transport.ts";
import { openTransport } from "../../../common/http/open_transport.ts";
import { type ConnectionPlan, PLAIN_CONNECTIONS } from "../../../common/model/connection_plan.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import { pemText } from "../../helpers/certificates.ts";
import { closedUrl } from "../../helpers/servers.ts";
import { startRawServer, wholeAnswer } from "../../helpers/raw_server.ts";
import { always, ANSWER, readAll } from "./scene.ts";

/** A request, and whether it is the last of its session. */
type Asked = Partial<HttpRequest> & { readonly url: string; readonly isLast?: boolean };

/** Sends each request in turn on connections of a plan; resolves to the answers. */
async function askAll(
  plan: Partial<ConnectionPlan>,
  requests: readonly Asked[],
): Promise<string[]> {
  const clock = new SystemClock(Math.floor(performance.timeOrigin));
  const transport = await openTransport({ ...PLAIN_CONNECTIONS, ...plan }, clock);
  const answers: string[] = [];
  try {
    for (const { isLast, ...request } of requests) {
      const answer = await sendNow(transport, {
        method: "POST",
        headers: [],
        body: "hi",
        signal: AbortSignal.timeout(20_000),
        ...request,
      });
      answers.push(`${answer.status} ${await readAll(answer)}`);
      if (isLast) transport.endSession(request.sessionId!);
    }
  } finally {
    transport.close();
  }
  return answers;
}

Deno.test("a server on a Unix socket is reached by its path", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/server.sock`;
  const seen: string[] = [];
  const server = Deno.serve({ transport: "unix", path, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    seen.push(`${request.headers.get("host")} ${pathname}${search}`);
    if (pathname === "/old") return Response.redirect("http://localhost/new", 307);
    return new Response(await request.text());
  });
  const base = `unix:${path}`;
  const requests = [{ url: base }, { url: `${base}:/v1/x?y=z` }, { url: `${base}:/old` }];
  assertEquals(await askAll({}, requests), ["200 hi", "200 hi", "200 hi"]);
  assertEquals(seen, ["localhost /", "localhost /v1/x?y=z", "localhost /old", "localhost /new"]);
  await assertRejects(
    () => askAll({}, [{ url: `unix:${folder}/none.sock:/` }]),
    Deno.errors.NotFound,
  );
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("connections come from the local addresses in turn", async () => {
  const peers: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request, { remoteAddr }) => {
      peers.push((remoteAddr as Deno.NetAddr).hostname);
      return new Response(`${(await request.text()).length} ` + "x".repeat(100_000));
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const plan = { localAddresses: ["127.0.0.3", "127.0.0.4"], reuse: "never" as const };
  const body = "y".repeat(300_000);
  const answers = await askAll(plan, [{ url, body }, { url, body }, { url, body }]);
  assertEquals(new Set(answers), new Set([`200 300000 ${"x".repeat(100_000)}`]));
  assertEquals(peers, ["127.0.0.3", "127.0.0.4", "127.0.0.3"]);
  await server.shutdown();
  await assertRejects(() => askAll(plan, [{ url }]), Error, "Connection refused");
  // An address of nobody: it is set apart for documentation.
  await assertRejects(
    () => askAll({ localAddresses: ["192.0.2.1"] }, [{ url }]),
    Error,
    "192.0.2.1",
  );
});

Deno.test("reuse: pooled shares, never opens each time, sticky keeps one for each session", async () => {
  const sessions = [
    { sessionId: "a", isLast: false },
    { sessionId: "b", isLast: false },
    { sessionId: "a", isLast: true },
    { sessionId: "b", isLast: true },
    { sessionId: "a", isLast: true },
  ];
  const opened = new Map<string, number>();
  let closing = 0;
  for (const reuse of ["pooled", "never", "sticky-user-sessions"] as const) {
    const server = startRawServer(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request === null) return;
        if (/^connection: close$/im.test(request)) closing++;
        await connection.write(ANSWER);
      }
    });
    await askAll({ reuse }, sessions.map((session) => ({ url: server.url, ...session })));
    opened.set(reuse, server.opened());
    server.close();
  }
  assertEquals([...opened], [["pooled", 1], ["never", 5], ["sticky-user-sessions", 3]]);
  assertEquals(closing, 5);
});

Deno.test("what cuts off a request that is over leaves its connection to the next one", async () => {
  const server = startRawServer(always(ANSWER));
  const { url } = server;
  for (const localAddresses of [[], ["127.0.0.3"]]) {
    const clock = new SystemClock(Math.floor(performance.timeOrigin));
    const transport = await openTransport({ ...PLAIN_CONNECTIONS, localAddresses }, clock);
    const opened = server.opened();
    const ask = async (signal: AbortSignal) => {
      const request = { method: "GET", url, headers: [], body: null, signal } as const;
      return await readAll(await sendNow(transport, request));
    };
    const first = new AbortController();
    assertEquals(await ask(first.signal), "{}");
    first.abort();
    assertEquals(await ask(new AbortController().signal), "{}");
    assertEquals(server.opened(), opened + 1);
    transport.close();
  }
  server.close();
});

/** A proxy: answers for others what it is asked in the clear, and digs tunnels to `port`. */
async function withProxy(
  options: { port?: number; refuses?: boolean },
  use: (host: string, seen: string[]) => Promise<void>,
): Promise<void> {
  const seen: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (conn: Deno.TcpConn) => {
    const buffer = new Uint8Array(65536);
    for (;;) {
      const count = await conn.read(buffer);
      if (count === null) return conn.close();
      const request = new TextDecoder().decode(buffer.subarray(0, count));
      const lines = request.split("\r\n");
      seen.push(lines[0]!, ...lines.filter((line) => /^(proxy-auth|host)/i.test(line)));
      const refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
      if (options.refuses) {
        await conn.write(new TextEncoder().encode(refusal));
      } else if (request.startsWith("CONNECT ")) {
        const target = await Deno.connect({ hostname: "127.0.0.1", port: options.port! });
        await conn.write(new TextEncoder().encode("HTTP/1.1 200 Connected\r\n\r\n"));
        const pipes = [
          conn.readable.pipeTo(target.writable),
          target.readable.pipeTo(conn.writable),
        ];
        return void await Promise.allSettled(pipes);
      } else {
        await conn.write(new TextEncoder().encode(ANSWER));
      }
    }
  };
  const connections: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) connections.push(serve(conn));
  })();
  await use(`127.0.0.1:${listener.addr.port}`, seen);
  listener.close();
  await accepting;
  await Promise.all(connections);
}

Deno.test("a proxy is asked for the whole URL, with its own credentials", async () => {
  await withProxy({}, async (host, seen) => {
    const proxy = `http://user:p%40ss@${host}/`;
    const url = "http://far.test:8000/v1/x?y";
    assertEquals(await askAll({ proxy }, [{ url }, { url }]), ["200 {}", "200 {}"]);
    const request = [
      "POST http://far.test:8000/v1/x?y HTTP/1.1",
      "Host: far.test:8000",
      `Proxy-Authorization: Basic ${btoa("user:p@ss")}`,
    ];
    assertEquals(seen, [...request, ...request]);
  });
});

Deno.test("a secure server is reached through a tunnel, which sees nothing", async () => {
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      cert: pemText("server"),
      key: pemText("server_key"),
      onListen() {},
    },
    async (request) =>
      new Response(`${request.headers.get("proxy-authorization")} ${await request.text()}`),
  );
  const { port } = server.addr as Deno.NetAddr;
  await withProxy({ port }, async (host, seen) => {
    const plan = { proxy: `http://user@${host}/`, caCert: pemText("ca") };
    const url = "https://localhost:8443/x";
    const later = new AbortController();
    const asked = [{ url, signal: later.signal }, { url }];
    assertEquals(await askAll(plan, asked), ["200 null hi", "200 null hi"]);
    // The request is over, and the connection to the proxy is part of another by now.
    later.abort();
    assertEquals(seen, [
      "CONNECT localhost:8443 HTTP/1.1",
      "Host: localhost:8443",
      `Proxy-Authorization: Basic ${btoa("user:")}`,
    ]);
  });
  await server.shutdown();
});

Deno.test("a proxy that refuses is named", async () => {
  await withProxy({ refuses: true }, async (host) => {
    const plan = { proxy: `http://${host}/` };
    await assertRejects(
      () => askAll(plan, [{ url: "https://localhost:8443/x" }]),
      ProxyError,
      "answered 407 Proxy Authentication Required",
    );
    assertEquals(await askAll(plan, [{ url: "http://far.test/" }]), ["407 "]);
  });
});

Deno.test("a proxy that is not there is named, without its credentials, and not the server", async () => {
  const { port } = new URL(closedUrl());
  const proxies: [proxy: string, message: string][] = [
    [`http://user:hush@127.0.0.1:${port}/`, `at 127.0.0.1:${port} refused the connection`],
    [`http://[::1]:${port}/`, `at [::1]:${port} refused the connection`],
    ["http://u:hush@no-such-host.invalid/", "at no-such-host.invalid:80 has an unknown name"],
  ];
  for (const [proxy, message] of proxies) {
    for (const url of ["http://far.test/", "https://far.test/"]) {
      const error = await assertRejects(() => askAll({ proxy }, [{ url }]), ProxyError);
      assertEquals(error.message, message);
    }
  }
});

const TEXT = "ä€😀 data: {} ".repeat(5_000);
const PACKED: [encoding: string, bytes: Uint8Array][] = [
  ["gzip", gzipSync(TEXT)],
  ["x-gzip", gzipSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["gzip, br", brotliCompressSync(gzipSync(TEXT))],
  ["identity", new TextEncoder().encode(TEXT)],
];

function packedAnswer(encoding: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const head =
    `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bytes.length}`;
  return new Uint8Array([...new TextEncoder().encode(`${head}\r\n\r\n`), ...bytes]);
}

/** Asks a server that answers with bytes. */
async function askPacked(answer: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = (async () => {
    const conn = await listener.accept();
    const buffer = new Uint8Array(65536);
    while (await conn.read(buffer) !== null) {
      for (let at = 0; at < answer.length;) at += await conn.write(answer.subarray(at, at + 1000));
    }
    conn.close();
  })();
  try {
    const url = `http://127.0.0.1:${listener.addr.port}/`;
    return await askAll({}, [{ url }, { url }]);
  } finally {
    await served;
    listener.close();
  }
}

for (const [encoding, bytes] of PACKED) {
  Deno.test(`an answer is unpacked that the server compresses unasked: ${encoding}`, async () => {
    const answers = await askPacked(packedAnswer(encoding, bytes));
    assertEquals(answers.every((answer) => answer === `200 ${TEXT}`), true);
  });
}

for (
  const [name, encoding, bytes] of [
    ["of an unknown kind", "zip", new Uint8Array(9)],
    ["in name only", "gzip", new Uint8Array(9)],
    ["and cut short", "gzip", gzipSync(TEXT).subarray(0, -9)],
  ] as const
) {
  Deno.test(`an answer that is compressed ${name} is the server's mistake`, async () => {
    await assertRejects(() => askPacked(packedAnswer(encoding, bytes)), HttpSyntaxError);
  });
}

Deno.test("a head may speak of compression where there is no body", async () => {
  const server = startRawServer(always(wholeAnswer("204 No", "x\r\ncontent-encoding: gzip", "")));
  assertEquals(await askAll({}, [{ url: server.url }]), ["204 "]);
  server.close();
});
