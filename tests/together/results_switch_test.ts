import { assert, assertEquals } from "@std/assert";
import type { Channel } from "../../common/comms/channel.ts";
import { SOCKETS } from "../../common/comms/sockets.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { writtenResultsSchema } from "../../common/model/report.ts";
import { spawnChild } from "../../common/runtime/child_process.ts";
import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";
import { FakeHost, FakePeer, TEST_TOKEN } from "../helpers/fake_peer.ts";
import { closingOf, withFolder } from "../helpers/journal_text.ts";
import { recordOf } from "../helpers/records.ts";
import { runConfigOf } from "../helpers/run_config.ts";
import { until } from "../helpers/until.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** More than the post processor gets through in the blink of an eye. */
const RECORDS = 20_000;

/** A records manager that says hello to the post processor and hands over all records. */
async function feed(transport: UnixTransport, pid: number): Promise<FakePeer> {
  const channel: Channel = await transport.connect(SOCKETS.post_processor_manager);
  const peer = new FakePeer(channel);
  peer.hello("records_manager", "records_manager", { pid });
  for (let creditId = 0; creditId < RECORDS; creditId++) {
    peer.send({ type: "record", record: recordOf({ creditId, index: creditId }) });
  }
  return peer;
}

Deno.test("a post processor that is busy with a dead records manager takes the next one", async () => {
  await withFolder(async (folder) => {
    const transport = new UnixTransport(folder);
    const bus = new FakeHost(transport, "system_controller");
    const child = spawnChild({
      type: "post_processor_manager",
      id: "post_processor_manager",
      runDir: folder,
      epochUnixMs: 0,
      logLevel: "WARNING",
      init: {},
      token: TEST_TOKEN,
      onLine() {},
    }, [Deno.execPath(), "run", "--quiet", ...PERMISSION_FLAGS, MAIN]);
    const controller = await bus.guest();
    const config = runConfigOf({ runDir: folder, artifactDir: folder });
    await controller.ask({ kind: "configure", config, secrets: null });
    await controller.ask({ kind: "start" });

    // Its connection stays open, with most of what it has said still to be read.
    const first = await feed(transport, 1);
    const second = await feed(transport, 2);
    second.send({ type: "records_end", records: RECORDS });
    const account = { issued: RECORDS, succeeded: RECORDS, failed: 0, cancelled: 0, lost: 0 };
    const { health } = closingOf(RECORDS);
    const written = writtenResultsSchema.parse(
      await controller.ask({
        kind: "write_results",
        wasCancelled: false,
        ending: { reason: "complete", cause: null },
        account,
        warmupAccount: { ...account, issued: 0, succeeded: 0 },
        health,
      }),
    );
    assertEquals(second.of("failure"), []);
    assertEquals(written.problems, []);
    const count = written.report.metrics.find(({ tag }) => tag === "request_count");
    assertEquals(count?.stats.avg, RECORDS);
    const lines = await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.requestMetrics}`);
    assertEquals(lines.split("\n").length - 1, RECORDS);
    let isGone = false;
    void first.channel.closed.then(() => isGone = true);
    await until("the end of the first connection", () => isGone);
    assert(controller.of("failure").length === 0);
    child.kill();
    await child.exited;
    await Promise.all([second.close(), bus.close()]);
  });
});
