import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";

const API_KEY = "sk-0123456789abcdef";
const TENANT = "tenant-9876543210";
const PASSWORD = "proxy-4567890123";
const CREDENTIALS = btoa(`user:${PASSWORD}`);
const SECRETS = [API_KEY, TENANT, PASSWORD, CREDENTIALS];

/** Where credentials can come from beside the command line; `HOST` stands for the proxy's. */
const SOURCES = {
  "the environment": {
    env: {
      AIPERF_API_KEY: API_KEY,
      AIPERF_HEADER: `X-Tenant: ${TENANT}`,
      AIPERF_PROXY: `http://user:${PASSWORD}@HOST`,
    },
    yaml: "",
  },
  "the configuration file": {
    env: {},
    yaml: `endpoint:\n  api_key: ${API_KEY}\n  proxy: http://user:${PASSWORD}@HOST\n` +
      `input:\n  headers:\n    X-Tenant: ${TENANT}\n`,
  },
};

const ANSWER = {
  choices: [{ message: { content: "Hello" } }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
};

for (const [source, { env, yaml }] of Object.entries(SOURCES)) {
  Deno.test(`credentials from ${source} are used, and shown nowhere`, async () => {
    const release = Promise.withResolvers<void>();
    let posts = 0;
    const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { headers } = request;
      assertEquals(headers.get("authorization"), `Bearer ${API_KEY}`);
      assertEquals(headers.get("x-tenant"), TENANT);
      assertEquals(headers.get("proxy-authorization"), `Basic ${CREDENTIALS}`);
      if (request.method === "GET") return Response.json({ data: [{ id: "m" }] });
      const fails = ++posts % 2 === 0;
      await release.promise;
      if (!fails) return Response.json(ANSWER);
      // A proxy that repeats what it was sent.
      return new Response(`no: ${API_KEY} ${TENANT} ${PASSWORD} ${CREDENTIALS}`, { status: 407 });
    });
    const placed = (text: string) => text.replace("HOST", `127.0.0.1:${proxy.addr.port}`);
    await withSandbox(async (sandbox) => {
      await Deno.writeTextFile(`${sandbox.path}/aiperf.yaml`, placed(yaml));
      const args = "--url http://far.test:8000 --tokenizer builtin --artifact-dir out " +
        "--log-level TRACE --export-level raw --isl 8 --osl 3 --request-count 6" +
        (yaml === "" ? "" : " --config aiperf.yaml");
      const running = sandbox.start(args.split(" "), {
        env: Object.fromEntries(
          Object.entries(env).map(([name, value]) => [name, placed(value)]),
        ),
      });
      await until("the first request", () => posts > 0);
      const processes = await sandbox.processes();
      release.resolve();
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      const shown = new Map([["stdout", stdout], ["stderr", stderr]]);
      for (const { title } of processes) shown.set(`the process ${title}`, title);
      for (const file of await filesBelow(`${sandbox.path}/out`)) {
        shown.set(file, await Deno.readTextFile(`${sandbox.path}/out/${file}`));
      }
      assert(processes.length > 5 && shown.size > 10);
      for (const [where, text] of shown) {
        for (const secret of SECRETS) assert(!text.includes(secret), `${where}: ${text}`);
      }
    });
    await proxy.shutdown();
  });
}
