import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";

const ARGS =
  "--wait-for-model-interval 0.1 --concurrency 1 --request-count 4 --isl 8 --artifact-dir out";

function args(url: string, more: string): string[] {
  return `--url ${url} ${ARGS} ${more}`.split(" ");
}

/** A server that loads its model until it has been asked `loads` times. */
function loadingServer(loads: number) {
  let asked = 0;
  const chats: string[] = [];
  const handler = async (request: Request): Promise<Response> => {
    const isChat = request.method === "POST";
    if (isChat) chats.push((await request.json()).messages[0].content);
    if (++asked <= loads) return new Response("loading the model", { status: 503 });
    return isChat
      ? Response.json({ choices: [{ message: { role: "assistant", content: "yes" } }] })
      : Response.json({ data: [{ id: "m" }] });
  };
  return { handler, chats };
}

async function requestsOf(sandbox: Sandbox): Promise<number> {
  const { records, json } = await readArtifacts(`${sandbox.path}/out`);
  assertEquals(json.credits["issued"], 4);
  return records.length;
}

Deno.test("a run begins when the server answers, and what was asked before does not count", async () => {
  const { handler, chats } = loadingServer(3);
  await withServer(handler, (url) =>
    withSandbox(async (sandbox) => {
      const { code, stderr } = await sandbox.run(args(url, "-m m --wait-for-model-timeout 60"));
      assertEquals(code, 0, stderr);
      // How long the first look takes is a matter of speed.
      assertStringIncludes(
        stderr.replace(/\(\d+ of/, "(N of"),
        `aiperf: waiting for the server (N of at most 60 s): ${url}/v1/chat/completions: ` +
          "503 Service Unavailable: loading the model\n",
      );
      assertMatch(stderr, /aiperf: the server is ready after \d+ s\n/);
      assertEquals(await requestsOf(sandbox), 4);
      const probes = chats.filter((content) => content === "Are you ready?");
      assertEquals([probes.length, chats.length], [4, 8]);
    }));
});

Deno.test("the model may be the one that the server lists when it has loaded it", async () => {
  const { handler, chats } = loadingServer(3);
  await withServer(handler, (url) =>
    withSandbox(async (sandbox) => {
      const { code, stderr } = await sandbox.run(
        args(url, "--wait-for-model-timeout 60 --wait-for-model-mode models"),
      );
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, `GET ${url}/v1/models answered 503`);
      assertEquals([await requestsOf(sandbox), chats.length], [4, 4]);
    }));
});

Deno.test("a server that does not become ready ends in exit code 1 and the reason", async () => {
  const { handler } = loadingServer(Infinity);
  await withServer(handler, (url) =>
    withSandbox(async (sandbox) => {
      const { code, stderr, stdout } = await sandbox.run(
        args(url, "-m m --wait-for-model-timeout 0.5 --wait-for-model-mode both"),
      );
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /aiperf: The server is not ready after \d+ s \(--wait-for-model-timeout\): GET \S+ answered 503\n$/,
      );
    }));
});

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends the waiting at once`, async () => {
    const hung = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    await withServer(() => {
      asked.resolve();
      return hung.promise;
    }, (url) =>
      withSandbox(async (sandbox) => {
        const running = sandbox.start(args(url, "-m m --wait-for-model-timeout 300"));
        await asked.promise;
        running.kill(signal);
        const { code, stderr } = await running.finished;
        hung.resolve(new Response());
        assertEquals(code, exitCode, stderr);
        assertStringIncludes(stderr, `${signal}: ending the run`);
      }));
  });
}
