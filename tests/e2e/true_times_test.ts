import { assert, assertEquals } from "@std/assert";
import type { LoggedRequest } from "../../services/mock_server/request_log.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer } from "../helpers/servers.ts";
import { checkAgreement } from "./agreement.ts";

const REQUESTS = 24;
const CONCURRENCY = 8;
const TOKENS = 50;

/** The resolution of both clocks together. */
const CLOCK_MS = 0.1;

Deno.test("a run tells what the server itself has logged", async (t) => {
  await withMockServer({ ttftMs: 100, itlMs: 10 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const args = ["--url", server.url, "--streaming", "--artifact-dir", "out"];
      const load = `--concurrency ${CONCURRENCY} --request-count ${REQUESTS} --osl ${TOKENS}`;
      const { code, stderr } = await sandbox.run([...args, ...load.split(" ")]);
      assertEquals(code, 0, stderr);
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      const { requests: logged, stats } = server.requests();

      await t.step("the number of requests is exactly the one asked for", () => {
        assertEquals(stats.received, REQUESTS);
        assertEquals(stats.finished, REQUESTS);
      });
      await t.step("the server saw the concurrency asked for, and never more", () => {
        assertEquals(stats.maxInFlight, CONCURRENCY);
      });
      await t.step("each request that the server logged has exactly one record", () => {
        assertEquals(
          artifacts.records.map(({ requestId }) => requestId).toSorted(),
          logged.map(({ requestId }) => requestId).toSorted(),
        );
      });
      await t.step("the model is the one that the server names", () => {
        for (const { model } of artifacts.records) assertEquals(model, "mock-model");
      });
      const pairs = artifacts.records.map((record) => ({
        record,
        truth: logged.find(({ requestId }) => requestId === record.requestId)!,
      }));
      await t.step("the token counts are those of the server", () => pairs.forEach(checkTokens));
      await t.step("no time is shorter than what the server took", () => pairs.forEach(checkTimes));
      await t.step("all files agree", () => checkAgreement(artifacts));
    });
  });
});

interface Pair {
  readonly record: RequestRecord;
  readonly truth: LoggedRequest;
}

function checkTokens({ record, truth }: Pair): void {
  assertEquals(record.chunksAfterNs.length, TOKENS);
  assertEquals(truth.outputTokens, TOKENS);
  assertEquals(record.usage?.completionTokens, truth.outputTokens);
  assertEquals(record.usage?.promptTokens, truth.promptTokens);
}

/** The bytes of a chunk must have been written before they can be read. */
function checkTimes({ record, truth }: Pair): void {
  const { receivedMs, tokenWriteMs } = truth;
  record.chunksAfterNs.forEach((afterNs, i) => {
    const serverMs = tokenWriteMs[i]! - receivedMs;
    assert(afterNs / 1e6 >= serverMs - CLOCK_MS, `chunk ${i}: ${afterNs / 1e6} < ${serverMs}`);
  });
  assert(
    record.chunksAfterNs[0]! >= 100e6,
    "the first chunk came before the server's pause was over",
  );
}
