import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { sendNow } from "../../../common/http/send_now.ts";
import { createSecureServer, createServer, type Http2Server } from "node:http2";
import { createServer as createTlsServer, type Server, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { openTransport } from "../../../common/http/open_transport.ts";
import { type ConnectionPlan, PLAIN_CONNECTIONS } from "../../../common/model/connection_plan.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import { pemText } from "../../helpers/certificates.ts";
import { readAll } from "./scene.ts";

const CA = { caCert: pemText("ca") };
const CLIENT = { client: { cert: pemText("client"), key: pemText("client_key") } };
const KEYS = { cert: pemText("server"), key: pemText("server_key") };

interface Asked {
  readonly url: string;
  readonly body?: string;
  readonly times?: number;
}

/** Sends requests on connections of a plan, one after the other; resolves to the last answer. */
async function ask(plan: Partial<ConnectionPlan>, { url, body = "hi", times = 1 }: Asked) {
  const clock = new SystemClock(Math.floor(performance.timeOrigin));
  const transport = await openTransport({ ...PLAIN_CONNECTIONS, ...plan }, clock);
  try {
    let text = "";
    for (let i = 0; i < times; i++) {
      const answer = await sendNow(transport, {
        method: "POST",
        url,
        headers: [["X-A", "b"]],
        body,
        signal: AbortSignal.timeout(20_000),
      });
      text = `${answer.status} ${await readAll(answer)}`;
    }
    return text;
  } finally {
    transport.close();
  }
}

function listen(server: Server | Http2Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  );
}

async function shut(server: Server | Http2Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** A server that wants a certificate and answers with the name in it, one connection at a time. */
async function withMutualTls(use: (port: number) => Promise<void>): Promise<void> {
  const options = { ...KEYS, ca: CA.caCert, requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer(options, (socket: TLSSocket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const name = socket.getPeerCertificate()?.subject?.CN ?? "nobody";
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello, ${name}`);
    });
  });
  server.on("tlsClientError", () => {});
  const port = await listen(server);
  try {
    await use(port);
  } finally {
    await shut(server);
  }
}

Deno.test("a server whose certificate is signed by --ca-cert is trusted, and no other", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...KEYS, onListen() {} },
    async (request) => new Response(`${request.headers.get("x-a")} ${await request.text()}`),
  );
  const { port } = server.addr as Deno.NetAddr;
  for (const host of ["localhost", "127.0.0.1"]) {
    const url = `https://${host}:${port}/x`;
    assertEquals(await ask(CA, { url, times: 2 }), "200 b hi");
    await assertRejects(() => ask({}, { url }), Error, "invalid peer certificate: UnknownIssuer");
  }
  await server.shutdown();
});

Deno.test("a certificate for another name is not accepted", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...KEYS, onListen() {} },
    () => new Response("never"),
  );
  const { port } = server.addr as Deno.NetAddr;
  // Another address of the loopback network, which the certificate does not name.
  const other = Deno.serve(
    { hostname: "127.0.0.2", port: 0, ...KEYS, onListen() {} },
    () => new Response("never"),
  );
  const url = `https://127.0.0.2:${(other.addr as Deno.NetAddr).port}/`;
  await assertRejects(() => ask(CA, { url }), Error, "invalid peer certificate");
  assertEquals(await ask(CA, { url: `https://127.0.0.1:${port}/` }), "200 never");
  await Promise.all([server.shutdown(), other.shutdown()]);
});

Deno.test("a client certificate is shown to a server that wants one", async () => {
  await withMutualTls(async (port) => {
    const url = `https://localhost:${port}/`;
    assertEquals(await ask({ ...CA, ...CLIENT }, { url }), "200 hello, aiperf test client");
    // TLS 1.3 lets a client begin before its certificate is looked at.
    const { message } = await assertRejects(() => ask(CA, { url }), Error) as Error;
    assertMatch(message, /the server closed the connection|certificate ?required/i);
  });
});

Deno.test("a TLS connection can come from a local address, with certificates", async () => {
  await withMutualTls(async (port) => {
    const url = `https://localhost:${port}/`;
    const plan = { ...CA, ...CLIENT, localAddresses: ["127.0.0.5"] };
    assertEquals(await ask(plan, { url }), "200 hello, aiperf test client");
    await assertRejects(
      () => ask({ localAddresses: ["127.0.0.5"] }, { url }),
      Error,
      "self-signed certificate in certificate chain",
    );
  });
});

for (const isSecure of [true, false]) {
  Deno.test(`HTTP/2 ${isSecure ? "over TLS" : "in the clear"}: one connection for all requests`, async () => {
    const versions: string[] = [];
    let sessions = 0;
    const server = isSecure ? createSecureServer(KEYS) : createServer();
    server.on("session", () => sessions++);
    server.on("request", (request, response) => {
      versions.push(request.httpVersion);
      response.statusCode = 201;
      response.write("one ");
      response.end(`two ${request.headers["x-a"]}`);
    });
    const port = await listen(server);
    const url = `${isSecure ? "https" : "http"}://localhost:${port}/`;
    const plan = { ...CA, httpVersion: "2" as const };
    assertEquals(await ask(plan, { url, times: 3 }), "201 one two b");
    assertEquals([versions, sessions], [["2.0", "2.0", "2.0"], 1]);
    await shut(server);
  });
}
