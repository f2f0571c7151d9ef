import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";
import { checkAgreement } from "./agreement.ts";

Deno.test("requests that a slow server holds back show their wait in the tables of the terminal", async () => {
  await withMockServer({ ttftMs: 40 }, async ({ url }) => {
    await withSandbox(async (sandbox) => {
      // Four times what one request at a time of 40 ms each can do.
      const load = "--request-rate 100 --arrival-pattern constant --concurrency 1 " +
        "--request-count 15 --num-profile-runs 2";
      const args = `--url ${url} --streaming --isl 8 --osl 2 --artifact-dir out ${load}`;
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const artifacts = await readArtifacts(`${sandbox.path}/out/profile_runs/run_0001`);
      checkAgreement(artifacts);
      for (const name of ["Time to First Token", "Request Latency"]) {
        const at = artifacts.console.indexOf(`${name} (ms)`);
        const row = artifacts.console.indexOf(`${name} from Schedule (ms)`);
        assert(at >= 0 && row > at, artifacts.console);
        assertEquals(artifacts.console.slice(at, row).split("\n").length, 2, "right below");
        const [, aggregate] = stdout.split("aiperf | Aggregate of 2 runs");
        assertStringIncludes(aggregate!, `${name} from Schedule (ms) │ avg`);
      }
    });
  });
});
