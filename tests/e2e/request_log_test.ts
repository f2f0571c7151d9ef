import { assert, assertEquals } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";

const LOAD = "--concurrency 2 --request-count 30 --isl 8 --osl 2 --api-key sk-verysecret";

for (const [flag, tellsOfAll] of [["-v", false], ["-vv", true], ["--ui=none", null]] as const) {
  Deno.test(`what becomes of requests is in the log of a run with ${flag}, as far as it is asked for`, async () => {
    await withMockServer({ errorRate: 0.5, seed: 3 }, ({ url }) =>
      withSandbox(async (sandbox) => {
        const args = ["--url", url, ...LOAD.split(" "), "--artifact-dir", "out", flag];
        const { code, stderr } = await sandbox.run(args);
        assertEquals(code, 0, stderr);
        const { json, log } = await readArtifacts(`${sandbox.path}/out`);
        const { failed, succeeded } = json.credits as { failed: number; succeeded: number };
        assert(failed > 0 && succeeded > 0);
        const told = (end: string) =>
          log.match(
            new RegExp(
              ` (DEBUG|TRACE) +records_manager Request \\d+ \\(profiling\\) to ` +
                `${url}/v1/chat/completions ${end} after `,
              "g",
            ),
          )?.length ?? 0;
        assertEquals(log.includes("sk-verysecret"), false);
        assertEquals(told("succeeded"), tellsOfAll ? succeeded : 0);
        if (tellsOfAll === false) assert(told("failed") >= 1 && told("failed") <= failed);
        else assertEquals(told("failed"), tellsOfAll ? failed : 0);
        // What is asked for beyond the usual is shown at once, too.
        assertEquals(
          stderr.includes("Request 0 (profiling)"),
          log.includes("Request 0 (profiling)"),
        );
      }));
  });
}
