import { assertEquals } from "@std/assert";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { filesBelow, readArtifacts } from "../helpers/artifacts.ts";
import { pemPath, pemText } from "../helpers/certificates.ts";
import { type RawConnection, startRawServer, wholeAnswer } from "../helpers/raw_server.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";

const BODY = JSON.stringify({
  choices: [{ message: { content: "one two" } }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
});
const MODELS = JSON.stringify({ data: [{ id: "m" }] });

/** Runs six requests; the model is asked for on the same kind of connection. */
async function run(sandbox: Sandbox, options: readonly string[]): Promise<void> {
  const args = "--tokenizer builtin --artifact-dir out --concurrency 2 --request-count 6";
  const { code, stderr } = await sandbox.run([...args.split(" "), ...options]);
  assertEquals(code, 0, stderr);
  const { json } = await readArtifacts(`${sandbox.path}/out`);
  const [, secret] = pemText("client_key").split("\n");
  for (const file of await filesBelow(`${sandbox.path}/out`)) {
    const text = await Deno.readTextFile(`${sandbox.path}/out/${file}`);
    assertEquals(text.includes(secret!) || text.includes("hush"), false, file);
  }
  assertEquals([json.credits["issued"], json.credits["succeeded"]], [6, 6]);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  );
}

function answerTo(path: string | undefined): string {
  return path === "/v1/models" ? MODELS : BODY;
}

Deno.test("a run against a server that wants to see a certificate", async () => {
  const clients = new Set<string>();
  const options = {
    cert: pemText("server"),
    key: pemText("server_key"),
    ca: pemText("ca"),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(options, (request, response) => {
    const { socket } = request as unknown as { socket: import("node:tls").TLSSocket };
    clients.add(String(socket.getPeerCertificate()?.subject?.CN));
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(answerTo(request.url));
    });
  });
  const port = await listen(server);
  await withSandbox(async (sandbox) => {
    await run(sandbox, [
      ...["--url", `https://localhost:${port}`, "--ca-cert", pemPath("ca")],
      ...["--client-cert", pemPath("client"), "--client-key", pemPath("client_key")],
    ]);
  });
  assertEquals([...clients], ["aiperf test client"]);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

Deno.test("a session that fails leaves no connection of its own behind", async () => {
  const answer = wholeAnswer("500 Oops", "application/json", '{"error":{"message":"no"}}');
  let before = Promise.resolve();
  // Answers on a connection when the one before it is closed.
  const handle = async (connection: RawConnection) => {
    const predecessor = before;
    const { promise, resolve } = Promise.withResolvers<void>();
    before = promise;
    while (await connection.request() !== null) {
      await predecessor;
      await connection.write(answer);
    }
    resolve();
  };
  const server = startRawServer(handle);
  await withSandbox(async (sandbox) => {
    const { code } = await sandbox.run([
      ..."--tokenizer builtin --artifact-dir out --model m --concurrency 1".split(" "),
      ..."--session-turns-mean 3 --request-count 5 --request-timeout-seconds 10".split(" "),
      ...["--connection-reuse-strategy", "sticky-user-sessions", "--url", server.url],
    ]);
    const { records } = await readArtifacts(`${sandbox.path}/out`);
    assertEquals([code, records.map(({ httpStatus }) => httpStatus)], [1, Array(5).fill(500)]);
  });
  server.close();
});

Deno.test("a run over HTTP/2", async () => {
  const versions = new Set<string>();
  const server = createSecureServer({ cert: pemText("server"), key: pemText("server_key") });
  server.on("request", (request, response) => {
    versions.add(request.httpVersion);
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(answerTo(request.url));
  });
  const port = await listen(server);
  await withSandbox(async (sandbox) => {
    const url = `https://localhost:${port}`;
    await run(sandbox, ["--url", url, "--ca-cert", pemPath("ca"), "--http-version", "2"]);
  });
  assertEquals([...versions], ["2.0"]);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

Deno.test("a run over a Unix socket, and one through a proxy", async () => {
  await withSandbox(async (sandbox) => {
    const path = `${sandbox.path}/server.sock`;
    const server = Deno.serve(
      { transport: "unix", path, onListen() {} },
      (request) => new Response(answerTo(new URL(request.url).pathname)),
    );
    await run(sandbox, ["--url", `unix:${path}`]);
    await server.shutdown();
  });
  const asked = new Set<string>();
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { host, pathname } = new URL(request.url);
    asked.add(`${host} ${request.headers.get("proxy-authorization")}`);
    return new Response(answerTo(pathname));
  });
  await withSandbox(async (sandbox) => {
    const url = `http://user:hush@127.0.0.1:${proxy.addr.port}`;
    await run(sandbox, ["--url", "http://far.test:8000", "--proxy", url]);
  });
  assertEquals([...asked], [`far.test:8000 Basic ${btoa("user:hush")}`]);
  await proxy.shutdown();
});
