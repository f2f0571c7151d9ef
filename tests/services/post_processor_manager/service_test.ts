import { assert, assertEquals } from "@std/assert";
import { plainTurn } from "../../../common/model/conversation.ts";
import { PostProcessorManager } from "../../../services/post_processor_manager/service.ts";
import { ARTIFACT_FILES } from "../../../common/model/artifact_files.ts";
import type { FakePeer } from "../../helpers/fake_peer.ts";
import { closingOf, withFolder } from "../../helpers/journal_text.ts";
import { recordOf } from "../../helpers/records.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

const ACCOUNT = { issued: 2, succeeded: 2, failed: 0, cancelled: 0, lost: 0 };
const NO_WARMUP = { ...ACCOUNT, issued: 0, succeeded: 0 };

/** A post processor whose data set is a file, so that it has the input tokens to count. */
async function withRunning(
  use: (harness: ComponentHarness<PostProcessorManager>, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const type = "post_processor_manager";
    await using harness = await ComponentHarness.up(
      (context) => new PostProcessorManager(context),
      { type },
    );
    const dataset = harness.host("dataset_manager");
    await harness.configure({ artifactDir: folder });
    await harness.start();
    void dataset.guest().then((guest) =>
      guest.answer("get_conversations", (command) => {
        const [index] = (command as { indexes: number[] }).indexes;
        const turns = [plainTurn(["a"], { inputTokens: 40 + index! })];
        return [{ index, id: `c${index}`, opening: [], turns }];
      })
    );
    await use(harness, folder);
  });
}

function connectRecords(
  harness: ComponentHarness<PostProcessorManager>,
  pid: number,
): Promise<FakePeer> {
  return harness.connectAs("records_manager", "records_manager", { pid });
}

function sendRecords(records: FakePeer, ...ids: number[]): void {
  for (const creditId of ids) {
    const record = recordOf({ creditId, index: creditId, conversationIndex: creditId });
    records.send({ type: "record", record: { ...record, inputTokens: null } });
  }
}

function toldOf(records: FakePeer): number[] {
  return records.of("command").flatMap(({ command }) =>
    command.kind === "keep_token_counts" ? [command.counts.conversationIndex] : []
  );
}

async function pass(
  harness: ComponentHarness<PostProcessorManager>,
  what: string,
  isTrue: () => boolean,
): Promise<void> {
  await until(what, async () => {
    await harness.clock.advance(10);
    return isTrue();
  });
}

async function linesOf(folder: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.requestMetrics}`);
  return text.split("\n").slice(0, -1);
}

for (const isReadToItsEnd of [true, false]) {
  const which = isReadToItsEnd ? "that is gone" : "whose connection is still open";
  Deno.test(`token counts that a records manager ${which} has not confirmed are told the next one`, async () => {
    await withRunning(async (harness, folder) => {
      const first = await connectRecords(harness, 11);
      sendRecords(first, 0, 1);
      await pass(harness, "two counts", () => toldOf(first).length === 2);
      if (isReadToItsEnd) await first.close();
      const second = await connectRecords(harness, 12);
      await pass(harness, "them again", () => toldOf(second).length === 2);
      assertEquals(toldOf(second), [0, 1]);
      assertEquals(second.of("failure"), []);

      // What the dead one had said last means nothing any more.
      if (!isReadToItsEnd) sendRecords(first, 7);
      sendRecords(second, 0, 1);
      second.send({ type: "records_end", records: 2 });
      const { health } = closingOf(2);
      let isWritten = false;
      const command = {
        kind: "write_results" as const,
        wasCancelled: false,
        ending: { reason: "complete" as const, cause: null },
        account: ACCOUNT,
        warmupAccount: NO_WARMUP,
        health,
      };
      const written = harness.controller.ask(command).then(() => isWritten = true);
      await harness.clock.advance(500);
      assert(!isWritten, "the results are there before the journal has what they are made of");
      for (const { id } of second.of("command")) {
        second.send({ type: "response", id, error: null, data: null });
      }
      await pass(harness, "the results", () => isWritten);
      await written;
      assertEquals((await linesOf(folder)).length, 2);
      assertEquals(toldOf(second), [0, 1]);
    });
  });
}

Deno.test("results do not wait for ever for a records manager that keeps nothing", async () => {
  await withRunning(async (harness) => {
    const records = await connectRecords(harness, 11);
    sendRecords(records, 0);
    await pass(harness, "a count", () => toldOf(records).length === 1);
    records.send({ type: "records_end", records: 1 });
    const { health } = closingOf(1);
    const written = harness.controller.ask({
      kind: "write_results",
      wasCancelled: false,
      ending: { reason: "complete", cause: null },
      account: { ...ACCOUNT, issued: 1, succeeded: 1 },
      warmupAccount: NO_WARMUP,
      health,
    });
    await harness.clock.advance(11_000);
    await written;
    assert(harness.logged("Token counts of 1 conversations are not in the journal"));
  });
});
