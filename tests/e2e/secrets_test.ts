import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow, readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";

const API_KEY = "sk-0123456789abcdef";
const TENANT = "tenant-9876543210";

const ARGS = [
  ...[
    "--artifact-dir",
    "out",
    "--log-level",
    "TRACE",
    "--export-level",
    "raw",
    "--isl",
    "8",
    "--osl",
    "3",
  ],
  ...["--request-count", "10", "--api-key", API_KEY, "-H", `X-Tenant: ${TENANT}`],
  ...["--extra-inputs", "temperature:0.5", "ignore_eos:true", '{"nested":{"a":[1]}}'],
];

/** Answers every second request with an error that shows the credentials. */
class EchoingServer {
  readonly headers: Headers[] = [];
  readonly bodies: Record<string, unknown>[] = [];
  /** Nothing is answered before. */
  readonly release = Promise.withResolvers<void>();

  async answer(request: Request): Promise<Response> {
    this.headers.push(request.headers);
    if (request.method === "GET") return Response.json({ data: [{ id: "m" }] });
    this.bodies.push(await request.json());
    const fails = this.bodies.length % 2 === 0;
    await this.release.promise;
    if (!fails) return Response.json(ANSWER);
    const message = `${request.headers.get("authorization")} of ${TENANT} is not valid`;
    return Response.json({ error: { message } }, { status: 401 });
  }
}

const ANSWER = {
  choices: [{ message: { content: "Hello" } }],
  usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
};

function assertClean(text: string, where: string): void {
  for (const secret of [API_KEY, TENANT]) {
    assert(!text.includes(secret), `${where} shows ${secret}`);
  }
}

Deno.test("what the user adds to requests reaches the server, and credentials nothing else", async (t) => {
  const server = new EchoingServer();
  await withServer((request) => server.answer(request), async (url) => {
    await withSandbox(async (sandbox) => {
      const running = sandbox.start(["--url", url, ...ARGS]);
      await until("the first request", () => server.bodies.length > 0);
      const processes = await sandbox.processes();
      server.release.resolve();
      const { code, stdout, stderr } = await running.finished;
      assertEquals(code, 0, stderr);
      const { json, records } = await readArtifacts(`${sandbox.path}/out`);

      await t.step("every request carries the key and the header", () => {
        assertEquals(server.bodies.length, 10);
        for (const headers of server.headers) {
          assertEquals(headers.get("authorization"), `Bearer ${API_KEY}`);
          assertEquals(headers.get("x-tenant"), TENANT);
        }
      });
      await t.step("every body carries the extra inputs", () => {
        for (const { messages, ...body } of server.bodies) {
          assert(Array.isArray(messages));
          assertEquals(body, {
            model: "m",
            stream: false,
            max_completion_tokens: 3,
            temperature: 0.5,
            ignore_eos: true,
            nested: { a: [1] },
          });
        }
      });
      await t.step("no process shows a credential in its command line", () => {
        for (const { title } of processes) assertClean(title, title);
      });
      await t.step(
        "no file of the run holds one, not even where the server repeats it",
        async () => {
          for (const file of await filesBelow(`${sandbox.path}/out`)) {
            assertClean(await Deno.readTextFile(`${sandbox.path}/out/${file}`), file);
          }
          const failed = records.filter(({ error }) => error !== null);
          assertEquals(failed.length, 5);
          for (const { error } of failed) {
            assertEquals(error?.message, "Bearer [redacted] of [redacted] is not valid");
          }
        },
      );
      await t.step("nothing of what the run says holds one", () => {
        assertClean(stdout, "stdout");
        assertClean(stderr, "stderr");
      });
      await t.step("the command line in the export has them redacted", () => {
        assertStringIncludes(json.run_info.cli_command, "--api-key '<redacted>' -H '<redacted>'");
      });
    });
  });
});
