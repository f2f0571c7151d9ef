import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { type Artifacts, filesBelow, metricOf, readArtifacts } from "../helpers/artifacts.ts";
import { HAS_PROC, type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";
import { checkAgreement } from "./agreement.ts";

const REQUESTS = 40;
const TOKENS = 50;

// It takes so long that whoever looks at its processes finds them, also when held up meanwhile.
const ARGS = [
  "profile --mock-server --mock-ttft 250 --mock-itl 2 --streaming --concurrency 8 --workers-max 2",
  `--request-count ${REQUESTS} --num-dataset-entries ${REQUESTS} --osl ${TOKENS} --isl 64 --artifact-dir out`,
].join(" ").split(" ");

Deno.test("a run against the mock server", async (t) => {
  await withSandbox(async (sandbox) => {
    const running = sandbox.start(ARGS);
    await t.step({
      name: "lists every service by its title while it goes on",
      ignore: !HAS_PROC,
      fn: () => checkTitles(sandbox),
    });
    const { code, stdout, stderr } = await running.finished;

    await t.step("exits with 0", () => assertEquals(code, 0, stderr));
    await t.step("has left no process and no run directory when it exits", async () => {
      assertEquals(await sandbox.processes(), []);
      assertEquals(await sandbox.runDirs(), []);
    });
    await t.step("leaves every file that it should, and no other", async () => {
      assertEquals(
        await filesBelow(`${sandbox.path}/out`),
        Object.values(ARTIFACT_FILES).toSorted(),
      );
    });

    const artifacts = await readArtifacts(`${sandbox.path}/out`);
    await t.step("writes the report to stdout and nothing else", () => {
      assertEquals(stdout, artifacts.console);
    });
    await t.step("writes the progress to stderr and nothing else", () => {
      const lines = stderr.trimEnd().split("\n");
      for (const line of lines) assertMatch(line, /^profiling /);
      assertMatch(lines.at(-1)!, new RegExp(`^profiling complete: ${REQUESTS} requests in `));
    });
    await t.step("makes exactly one record for each request", () => checkRecords(artifacts));
    await t.step("counts exactly the tokens asked for", () => {
      const { min, max, count } = metricOf(artifacts, "output_sequence_length");
      assertEquals({ min, max, count }, { min: TOKENS, max: TOKENS, count: REQUESTS });
    });
    await t.step("says the same in every file, and what the records say", () => {
      checkAgreement(artifacts);
    });
    await t.step("writes the request bodies to inputs.json", () => checkInputs(artifacts));
    await t.step("writes an orderly log", () => checkLog(artifacts));
  });
});

async function checkTitles(sandbox: Sandbox): Promise<void> {
  const titles = await until("all nine processes", async () => {
    const found = (await sandbox.processes()).map(({ title }) => title);
    return found.length === 9 && found.every((title) => title.startsWith("aiperf ")) && found;
  });
  assertEquals(titles.map((title) => title.replace(/_[0-9a-f]{8}$/, "_<id>")), [
    "aiperf controller",
    "aiperf dataset_manager",
    "aiperf mock_server",
    "aiperf post_processor_manager",
    "aiperf records_manager",
    "aiperf timing_manager",
    "aiperf worker_<id>",
    "aiperf worker_<id>",
    "aiperf worker_manager",
  ]);
}

function checkRecords({ records }: Artifacts): void {
  const ascending = (values: number[]) => values.toSorted((a, b) => a - b);
  const all = [...Array(REQUESTS).keys()];
  assertEquals(ascending(records.map(({ creditId }) => creditId)), all);
  assertEquals(ascending(records.map(({ index }) => index)), all);
  assertEquals(new Set(records.map(({ requestId }) => requestId)).size, REQUESTS);
  assertEquals(new Set(records.map(({ workerId }) => workerId)).size, 2);
  for (const record of records) {
    assertEquals(record.outcome, "success");
    assertEquals(record.inputTokens, 64);
    assertEquals(record.chunksAfterNs.length, TOKENS);
    const { dueNs, issuedNs, receivedNs, sentNs, headersAfterNs, endAfterNs } = record;
    // A credit may be with its worker before its time, but no request leaves before it.
    assertAscending([issuedNs, receivedNs, sentNs!]);
    assertAscending([dueNs, sentNs!]);
    assertAscending([0, headersAfterNs!, ...record.chunksAfterNs, endAfterNs!]);
  }
}

function assertAscending(values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  assertEquals(values, sorted);
}

function checkInputs({ inputs, records }: Artifacts): void {
  const sessions = inputs.data.map((session) => session["session_id"]);
  assertEquals(sessions.toSorted(), records.map(({ conversationId }) => conversationId).toSorted());
  for (const { payloads } of inputs.data) {
    assertEquals(payloads.length, 1);
    const { messages, ...rest } = payloads[0]!;
    assertEquals(rest, {
      model: "mock-model",
      stream: true,
      max_completion_tokens: TOKENS,
      stream_options: { include_usage: true },
    });
    assert(Array.isArray(messages) && messages.length === 1);
  }
}

function checkLog({ log }: Artifacts): void {
  for (const line of log.trimEnd().split("\n")) {
    assertMatch(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z (TRACE|DEBUG|INFO|NOTICE|SUCCESS) +\w+ /);
  }
  assertNotMatch(log, /warning|error|kill/i);
}
