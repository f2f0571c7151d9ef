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

Deno.test("a concurrency that needs more files than a process may open is told of before the load, and in the verdict", async () => {
  await withSandbox(async (sandbox) => {
    const load = "--mock-server --mock-ttft 1500 --concurrency 400 --request-count 400 --isl 8 " +
      "--osl 1 --artifact-dir out";
    const deno = `${sandbox.path}/deno`;
    const script = `#!/bin/sh\nulimit -n 300\nexec "${Deno.execPath()}" "$@"\n`;
    await Deno.writeTextFile(deno, script, { mode: 0o700 });
    const { code, stdout, stderr } = await sandbox.run(load.split(" "), { deno });
    assertEquals(code, 0, stderr);
    assertStringIncludes(
      stderr,
      "--concurrency 400 takes up to 464 open files in the mock server, and this machine allows a " +
        "process 300: requests beyond that fail. Raise the limit first (ulimit -n 464)\n",
    );
    assertStringIncludes(stdout, "too many open files: raise the limit with ulimit -n");
    assertStringIncludes(stdout, "Verdict on the measurement: INVALID\n");
    assertStringIncludes(
      stdout.replaceAll(/\s+/g, " "),
      "because this machine had no free file handle",
    );
    const { records } = await readArtifacts(`${sandbox.path}/out`);
    assertEquals(records.length, 400);
    assertEquals(records.filter(({ outcome }) => outcome === "lost"), []);
  });
});
