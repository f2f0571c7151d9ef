import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";
import { checkAgreement } from "./agreement.ts";

const ANSWER = { choices: [{ message: { content: "Hello" } }], usage: { completion_tokens: 1 } };

Deno.test("a warm-up that fails completely is told of everywhere and changes no result", async (t) => {
  let received = 0;
  const handler = ({ method }: Request) =>
    Response.json(ANSWER, { status: method === "POST" && received++ < 10 ? 503 : 200 });
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const load = "--warmup-request-count 10 --concurrency 2 --request-count 20";
      const args = `--url ${url} --model m --artifact-dir out --isl 8 ${load}`;
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      const { json } = artifacts;

      await t.step("at the terminal, as it ends and after the results", () => {
        assertEquals(code, 0, stderr);
        assertMatch(stderr, /^warmup complete: 10 requests in .* s, 10 failed$/m);
        assertStringIncludes(stdout, "Warning: The warm-up failed: none of its 10 requests");
        assertStringIncludes(stdout, "Warm-up (not in the results): 10 issued = 0 succeeded + 10");
      });
      await t.step("in the JSON, with the reason", () => {
        assertEquals(json["warmup_credits"], {
          issued: 10,
          succeeded: 0,
          failed: 10,
          cancelled: 0,
          lost: 0,
        });
        const [kind, ...others] = json["warmup_error_summary"] as typeof json.error_summary;
        assertEquals([kind!.error_details.code, kind!.count, others], [503, 10, []]);
      });
      await t.step("and not in the results", () => {
        checkAgreement(artifacts);
        assertEquals(json.credits["succeeded"], 20);
        assertEquals(json.error_summary, []);
      });
      await t.step("nor are its records forgotten by a report made again", async () => {
        const again = await sandbox.run(["report", "out"]);
        assertEquals({ code: again.code, stdout: again.stdout }, { code: 0, stdout });
      });
    });
  });
});
