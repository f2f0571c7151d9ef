import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exportFiles } from "../../common/model/artifact_files.ts";
import { type Artifacts, readArtifacts } from "../helpers/artifacts.ts";
import { type RawConnection, startRawServer, wholeAnswer } from "../helpers/raw_server.ts";
import { type Finished, withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";

const RAW_EXPORT = exportFiles("profile_export").raw;

Deno.test("of a rate beyond any machine each credit has its record, the raw export what was sent, and what was due besides is counted", async () => {
  await withMockServer({ ttftMs: 5 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const load = "--request-rate 1000000 --arrival-pattern constant --benchmark-duration 1 " +
        "--benchmark-grace-period 0 --isl 8 --osl 1 --workers-max 1 --export-level raw";
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

Deno.test("a run that ends before anything is due says so, and is no success", async () => {
  await withSandbox(async (sandbox) => {
    const load = "--mock-server --request-rate 0.001 --benchmark-duration 0.1 --random-seed 7 " +
      "--isl 8 --osl 1 --artifact-dir out";
    const { code, stdout, stderr } = await sandbox.run(load.split(" "));
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "aiperf: no request was sent, as none was due before the end\n");
    assertStringIncludes(
      stdout.replaceAll(/\s+/g, " "),
      "No request was due before the end: there is nothing to judge. Use a longer " +
        "--benchmark-duration, or a higher rate.",
    );
  });
});

/** A run of one worker against a server that knows no models and does with a POST what the test says. */
async function runAgainst(
  onPost: (connection: RawConnection) => Promise<void>,
  load: string,
  check: (ran: Finished & Artifacts) => void,
): Promise<void> {
  const server = startRawServer(async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request === null) return connection.close();
      if (request.startsWith("POST")) return await onPost(connection);
      await connection.write(wholeAnswer("404 Not Found", "text/plain", "no"));
    }
  });
  try {
    await withSandbox(async (sandbox) => {
      const common = `--url http://${server.host} --model m --tokenizer builtin --isl 8 --osl 1 ` +
        "--artifact-dir out --token-count-source server";
      const finished = await sandbox.run([...common.split(" "), ...load.split(" ")]);
      check({ ...finished, ...await readArtifacts(`${sandbox.path}/out`) });
    });
  } finally {
    server.close();
  }
}

Deno.test("a server that never answers: all that is in flight is cut off at the end, and told as that", async () => {
  const load = "--concurrency 40 --benchmark-duration 1 --benchmark-grace-period 0";
  await runAgainst(() => new Promise(() => {}), load, ({ code, stderr, records }) => {
    assertEquals(code, 1, stderr);
    assertStringIncludes(
      stderr,
      "aiperf: no request succeeded (of 40); most often: RequestCancellationError: the run ended " +
        "before the answer was complete\n",
    );
    assertEquals(records.length, 40);
    assertEquals(new Set(records.map(({ outcome }) => outcome)), new Set(["cancelled"]));
  });
});

Deno.test("a server that closes each connection: each request has failed, none is sent twice", async () => {
  let received = 0;
  const onPost = (connection: RawConnection) => {
    received++;
    return Promise.resolve(connection.close());
  };
  const load = "--concurrency 20 --request-count 300";
  await runAgainst(onPost, load, ({ code, stderr, records }) => {
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "(of 300); most often: ConnectionClosed: the server closed the ");
    assertEquals([records.length, received], [300, 300]);
    assertEquals(new Set(records.map(({ outcome }) => outcome)), new Set(["error"]));
  });
});
