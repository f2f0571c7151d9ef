import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exportFiles } from "../../common/model/artifact_files.ts";
import { filesBelow, readArtifacts, readJournal } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";

const RAW_EXPORT = exportFiles("profile_export").raw;

interface RawLine {
  metadata: Record<string, unknown>;
  start_perf_ns: number;
  payload: { messages: unknown[]; stream: boolean };
  request_headers: Record<string, string>;
  status: number;
  responses: { perf_ns: number; text: string }[];
  error: unknown;
}

const LOAD = "--streaming --concurrency 4 --isl 8 --osl 4 --artifact-dir out --export-level raw";

async function readRaw(folder: string): Promise<RawLine[]> {
  const text = await Deno.readTextFile(`${folder}/${RAW_EXPORT}`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("--export-level raw keeps what went over the wire, and no secret", async (t) => {
  await withMockServer(
    { itlMs: 5, errorRate: 0.2, seed: 3 },
    (server) =>
      withSandbox(async (sandbox) => {
        const args = `--url ${server.url} -m mock ${LOAD} --request-count 30 --workers-max 2 ` +
          "--warmup-request-count 5 --api-key sk-raw-secret-key";
        const { code, stderr, stdout } = await sandbox.run([
          ...args.split(" "),
          "-H",
          "X-Token: raw-token-value",
        ]);
        assertEquals(code, 0, stderr);
        const out = `${sandbox.path}/out`;
        const lines = await readRaw(out);
        const { records, inputs, requests } = await readArtifacts(out);

        await t.step("one line for each request, but for the warm-up", () => {
          assertEquals(records.length, 35);
          assertEquals(
            new Set(lines.map(({ metadata }) => metadata["x_request_id"])),
            new Set(requests.map(({ metadata }) => metadata["x_request_id"])),
          );
          assertEquals(lines.length, 30);
        });
        await t.step("with the body, the answer and the times of its record", () => {
          for (const line of lines) {
            const record = records.find((r) => r.requestId === line.metadata["x_request_id"])!;
            const [session] = inputs.data.filter((one) =>
              one.session_id === line.metadata["conversation_id"]
            );
            assertEquals<unknown>(line.payload, session!.payloads[0]);
            assertEquals([line.start_perf_ns, line.status], [record.sentNs, record.httpStatus]);
            assertEquals(line.error, record.error);
            const text = line.responses.map((response) => response.text).join("");
            if (record.outcome !== "success") {
              assertStringIncludes(text, '"error"');
              continue;
            }
            assertEquals(text.match(/"content":"[^"]+"/g)?.length, 4);
            assert(text.endsWith("data: [DONE]\n\n"));
            const times = line.responses.map((response) => response.perf_ns - record.sentNs!);
            for (const chunkNs of record.chunksAfterNs) assert(times.includes(chunkNs));
          }
        });
        await t.step("the headers are there, credentials are not", async () => {
          const { request_headers: headers } = lines[0]!;
          assertEquals(headers["Authorization"], "<redacted>");
          assertEquals(headers["X-Token"], "<redacted>");
          assertEquals(headers["X-Request-ID"], lines[0]!.metadata["x_request_id"]);
          const text = await Deno.readTextFile(`${out}/${RAW_EXPORT}`);
          assert(!/sk-raw-secret-key|raw-token-value/.test(text));
        });
        await t.step("the parts are merged, and the file is named at the end", async () => {
          assertEquals((await filesBelow(out)).filter((file) => file.includes("_raw")), [
            RAW_EXPORT,
          ]);
          assertStringIncludes(stdout, `Raw Export: ${out}/${RAW_EXPORT}\n`);
          assertEquals((await Deno.stat(`${out}/${RAW_EXPORT}`)).mode! & 0o022, 0);
        });
      }),
  );
});

Deno.test("without --export-level raw there is no raw export", async () => {
  await withSandbox(async (sandbox) => {
    const args = "--mock-server --request-count 2 --isl 8 --artifact-dir out";
    assertEquals((await sandbox.run(args.split(" "))).code, 0);
    const files = await filesBelow(`${sandbox.path}/out`);
    assertEquals(files.filter((file) => file.includes("_raw")), []);
  });
});

Deno.test("of a run that is killed, aiperf report merges what the workers had written", async () => {
  await withSandbox(async (sandbox) => {
    const out = `${sandbox.path}/out`;
    const args = `--mock-server --mock-ttft 20 ${LOAD} --benchmark-duration 60`;
    const running = sandbox.start(args.split(" "));
    await until("some records", async () => (await readJournal(out)).length > 20);
    running.kill("SIGKILL");
    await running.finished;
    await until("the end of all processes", async () => (await sandbox.processes()).length === 0);
    const { code } = await sandbox.run(["report", "out"]);
    assertEquals(code, 1);
    const lines = await readRaw(out);
    assert(lines.length > 10, `${lines.length} lines`);
    for (const runDir of await sandbox.runDirs()) {
      await Deno.remove(`${sandbox.runtime}/${runDir}`, { recursive: true });
    }
  });
});
