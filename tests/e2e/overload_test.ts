import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exportFiles } from "../../common/model/artifact_files.ts";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";

const RAW_EXPORT = exportFiles("profile_export").raw;

Deno.test("of a rate beyond any machine each credit has its record, the raw export what was sent, and what was due besides is counted", async () => {
  await withMockServer({ ttftMs: 5 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const load = "--request-rate 1000000 --arrival-pattern constant --benchmark-duration 1 " +
        "--benchmark-grace-period 1 --isl 8 --osl 1 --workers-max 1 --export-level raw";
      const args = `--url ${server.url} --artifact-dir out ${load}`;
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const { records, json } = await readArtifacts(`${sandbox.path}/out`);
      const { arrivals } = json.instrument as unknown as {
        arrivals: { issued: number; overdue: number; unsent: number; sent: { count: number } };
      };
      const { issued, overdue, unsent, sent } = arrivals;
      assertEquals([issued + overdue, unsent], [1_000_000, 0]);
      const ids = new Set(records.map(({ creditId }) => creditId));
      assertEquals([records.length, ids.size], [issued, issued]);
      // A worker never has more on its hands than that, beside what it has sent.
      assert(issued <= sent.count + 3 * 2_048, `${issued} issued, ${sent.count} sent`);
      assertEquals(records.filter(({ outcome }) => outcome === "lost"), []);
      const raw = await Deno.readTextFile(`${sandbox.path}/out/${RAW_EXPORT}`);
      const wentOut = records.filter(({ sentNs }) => sentNs !== null);
      const inRaw = raw.trimEnd().split("\n").map((line) =>
        (JSON.parse(line) as { metadata: { x_request_id: string } }).metadata.x_request_id
      );
      assertEquals(inRaw.toSorted(), wentOut.map(({ requestId }) => requestId).toSorted());
      assert(wentOut.length < records.length, "nothing was called off unsent");
      assertStringIncludes(stderr, `${overdue} more were due, but this machine was too far behind`);
    });
  });
});
