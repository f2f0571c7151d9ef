import { assert, assertEquals } from "@std/assert";
import type { CreditAccount } from "../../../common/model/report.ts";
import type { RunConfig } from "../../../common/model/run_config.ts";
import { recordsSummarySchema } from "../../../common/model/report.ts";
import { RecordsManager } from "../../../services/records_manager/service.ts";
import type { FakeHost, FakePeer } from "../../helpers/fake_peer.ts";
import { closingOf, headerLine, withFolder } from "../../helpers/journal_text.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

const { phase_started: STARTED, phase_complete: COMPLETE } = messageExamples;

/** A records manager that runs, with a worker and whoever takes the results. */
interface Running {
  readonly harness: ComponentHarness<RecordsManager>;
  readonly worker: FakePeer;
  readonly results: FakeHost;
  readonly path: string;
}

async function withRunning(
  folder: string,
  use: (running: Running) => Promise<void>,
  change: Partial<RunConfig> = {},
): Promise<void> {
  const type = "records_manager";
  await using harness = await ComponentHarness.up((context) => new RecordsManager(context), {
    type,
  });
  const results = harness.host("post_processor_manager");
  await harness.configure({ artifactDir: folder, ...change });
  await harness.start();
  const worker = await harness.connectAs("worker", "worker_0");
  await use({ harness, worker, results, path: `${folder}/records.jsonl` });
}

function sendRecords(worker: FakePeer, ...ids: number[]): void {
  for (const creditId of ids) worker.send({ type: "record", record: recordOf({ creditId }) });
}

/** Lets time pass until what the test waits for has come true. */
async function pass(harness: Running["harness"], what: string, isTrue: () => boolean) {
  await until(what, async () => {
    await harness.clock.advance(20);
    return isTrue();
  });
}

async function untilAcknowledged({ harness, worker }: Running, count: number): Promise<void> {
  await pass(
    harness,
    `an acknowledgement of ${count} records`,
    () => worker.of("records_ack").at(-1)?.count === count,
  );
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).split("\n").slice(0, -1);
}

function creditsOf(host: FakeHost, guest = 0): number[] {
  return host.guests[guest]?.of("record").map(({ record }) => record.creditId) ?? [];
}

Deno.test("the journal holds the configuration, the records as they came, events and the end", async () => {
  await withFolder((folder) =>
    withRunning(folder, async (running) => {
      const { harness, worker, path } = running;
      await harness.publish({ ...STARTED, phase: "profiling" });
      const records = [recordOf(), failedRecordOf({ creditId: 1 })];
      for (const record of records) worker.send({ type: "record", record });
      await untilAcknowledged(running, 2);
      await harness.publish({ ...COMPLETE, phase: "profiling", issued: 2 });
      const summary = await harness.controller.ask({ kind: "finish_records", deadlineMs: 100 });
      const profiling = { issued: 2, succeeded: 1, failed: 1, cancelled: 0, lost: 0 };
      const warmup = { issued: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 };
      assertEquals(summary, { accounts: { warmup, profiling }, missing: 0 });
      await harness.controller.ask({ kind: "close_journal", closing: closingOf(1) });
      assertEquals(await linesOf(path), [
        headerLine(runConfigOf({ artifactDir: folder })),
        JSON.stringify({ ...STARTED, phase: "profiling" }),
        ...records.map((record) => JSON.stringify(record)),
        JSON.stringify({ ...COMPLETE, phase: "profiling", issued: 2 }),
        JSON.stringify(closingOf(1)),
      ]);
    })
  );
});

Deno.test("of a phase whose end nobody told, records that still come are in the summary", async () => {
  await withFolder((folder) =>
    withRunning(folder, async (running) => {
      const { harness, worker } = running;
      await harness.publish({ ...STARTED, phase: "profiling" });
      const finish = harness.controller.ask({ kind: "finish_records", deadlineMs: 300 });
      sendRecords(worker, 0, 1);
      await untilAcknowledged(running, 2);
      await harness.clock.advance(300);
      const { accounts } = recordsSummarySchema.parse(await finish);
      assertEquals([accounts.profiling.issued, accounts.profiling.succeeded], [2, 2]);
    })
  );
});

Deno.test("records are acknowledged when the file has them, many at a time", async () => {
  await withFolder((folder) =>
    withRunning(folder, async (running) => {
      sendRecords(running.worker, ...Array(500).keys());
      await untilAcknowledged(running, 500);
      assert(running.worker.of("records_ack").length <= 2);
      assertEquals((await linesOf(running.path)).length, 501);
    })
  );
});

Deno.test("a record that comes twice is written once and acknowledged twice", async () => {
  await withFolder((folder) =>
    withRunning(folder, async (running) => {
      const { harness, worker, path } = running;
      sendRecords(worker, 0, 1, 0);
      await untilAcknowledged(running, 3);
      const again = await harness.connectAs("worker", "worker_1");
      sendRecords(again, 1);
      await pass(harness, "its acknowledgement", () => again.of("records_ack").length > 0);
      assertEquals((await linesOf(path)).length, 3);
    })
  );
});

Deno.test("what is in the journal is passed on in its order, then its end", async () => {
  await withFolder((folder) =>
    withRunning(folder, async ({ harness, worker, results }) => {
      sendRecords(worker, 2, 0, 1);
      await pass(harness, "three records", () => creditsOf(results).length === 3);
      await harness.controller.ask({ kind: "finish_records", deadlineMs: 100 });
      const end = await (await results.guest()).next("records_end");
      assertEquals(creditsOf(results), [2, 0, 1]);
      assertEquals(end.records, 3);
    })
  );
});

Deno.test("a post processor that is started again gets everything from the first record on", async () => {
  await withFolder((folder) =>
    withRunning(folder, async ({ harness, worker, results }) => {
      await harness.publish({ ...COMPLETE, phase: "profiling", issued: 3 });
      sendRecords(worker, 0, 1);
      await pass(harness, "two records", () => creditsOf(results).length === 2);
      await results.guests[0]!.close();
      await pass(harness, "another connection", () => results.guests.length === 2);
      sendRecords(worker, 2);
      await pass(harness, "three records", () => creditsOf(results, 1).length === 3);
      assertEquals(creditsOf(results, 1), [0, 1, 2]);
      assertEquals(results.guests[1]!.of("phase_complete").length, 1);
      await harness.controller.ask({ kind: "finish_records", deadlineMs: 100 });
      assertEquals((await results.guests[1]!.next("records_end")).records, 3);
      assertEquals(harness.controller.of("failure"), []);
    })
  );
});

Deno.test("a records manager that is started again goes on where the journal ends", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/records.jsonl`;
    await withRunning(folder, async (running) => {
      await running.harness.publish({ ...STARTED, phase: "profiling" });
      sendRecords(running.worker, 0, 1);
      await untilAcknowledged(running, 2);
    });
    // It was killed in the middle of a line.
    await Deno.writeTextFile(path, JSON.stringify(recordOf({ creditId: 2 })).slice(0, 99), {
      append: true,
    });
    await withRunning(folder, async (running) => {
      const { harness, worker, results } = running;
      await harness.publish({ ...STARTED, phase: "profiling" });
      sendRecords(worker, 1, 2, 3);
      await untilAcknowledged(running, 3);
      await harness.publish({ ...COMPLETE, phase: "profiling", issued: 4 });
      const summary = await harness.controller.ask({ kind: "finish_records", deadlineMs: 100 });
      const { accounts, missing } = summary as {
        accounts: { profiling: CreditAccount };
        missing: number;
      };
      assertEquals([accounts.profiling.succeeded, missing], [4, 0]);
      await pass(harness, "all records", () => creditsOf(results).length === 4);
      assertEquals(creditsOf(results), [0, 1, 2, 3]);
      assert(harness.logged("Goes on after 2 records"));
    });
    const lines = await linesOf(path);
    assertEquals(lines.length, 7);
    assertEquals(lines.filter((line) => line.includes("phase_started")).length, 1);
    for (const line of lines) JSON.parse(line);
  });
});

Deno.test("the journal of another run is not gone on with", async () => {
  await withFolder(async (folder) => {
    await withRunning(folder, async (running) => {
      sendRecords(running.worker, 0);
      await untilAcknowledged(running, 1);
    }, { benchmarkId: "another" });
    await withRunning(folder, async ({ path }) => {
      assertEquals(await linesOf(path), [headerLine(runConfigOf({ artifactDir: folder }))]);
    });
  });
});

for (const journalSync of ["never", "always"] as const) {
  Deno.test(`records are kept and acknowledged with --journal-sync ${journalSync}`, async () => {
    await withFolder((folder) =>
      withRunning(folder, async (running) => {
        sendRecords(running.worker, 0, 1);
        await untilAcknowledged(running, 2);
        assertEquals((await linesOf(running.path)).length, 3);
      }, { journalSync })
    );
  });
}

Deno.test("a journal that cannot be made is told by its path and the reason", async () => {
  const type = "records_manager";
  await using harness = await ComponentHarness.up((context) => new RecordsManager(context), {
    type,
  });
  await harness.configure({ artifactDir: "/nonexistent" }).catch(() => {});
  assertEquals(
    (await harness.controller.next("failure")).cause,
    "Cannot write /nonexistent/records.jsonl: no such file",
  );
});
