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

const { phase_started: STARTED, phase_complete: COMPLETE, credit: CREDIT } = messageExamples;

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
      assertEquals(summary, { accounts: { warmup, profiling }, missing: 0, missingIds: [] });
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

Deno.test("what the timing manager holds for lost becomes a record, unless there is one", async () => {
  await withFolder((folder) =>
    withRunning(folder, async (running) => {
      const { harness, worker, path } = running;
      const credits = [3, 1, 0].map((id) => ({ ...CREDIT.credit, id, index: id }));
      await harness.publish({ type: "credits_lost", phase: "profiling", credits });
      await harness.publish({ ...COMPLETE, phase: "profiling", issued: 5 });
      sendRecords(worker, 0, 2);
      await untilAcknowledged(running, 2);
      const finish = harness.controller.ask({ kind: "finish_records", deadlineMs: 100 });
      await harness.clock.advance(50);
      // Its worker was slow to tell.
      sendRecords(worker, 1);
      await untilAcknowledged(running, 3);
      await harness.clock.advance(200);
      const { accounts, missing, missingIds } = recordsSummarySchema.parse(await finish);
      const profiling = { issued: 5, succeeded: 3, failed: 0, cancelled: 0, lost: 1 };
      assertEquals([accounts.profiling, missing, missingIds], [profiling, 1, [4]]);
      const lost = JSON.parse((await linesOf(path)).at(-1)!);
      const { dueNs, issuedNs, conversationIndex } = CREDIT.credit;
      assertEquals([lost.creditId, lost.index, lost.outcome], [3, 3, "lost"]);
      assertEquals([lost.dueNs, lost.issuedNs], [dueNs, issuedNs]);
      assertEquals([lost.conversationIndex, lost.error.type], [conversationIndex, "CreditLost"]);
      assert(harness.logged("Request 3 (profiling) to "));
      assert(
        harness.logged(
          "ERROR    records_manager No record came of some credits: they count as lost (1)",
        ),
      );
      assertEquals(harness.logged("Request 1 (profiling) to "), false);
      // Asked once more, as after a restart in the middle of the answer: nothing is doubled.
      const before = await linesOf(path);
      const again = harness.controller.ask({ kind: "finish_records", deadlineMs: 10 });
      await harness.clock.advance(10);
      assertEquals(await again, { accounts, missing, missingIds });
      assertEquals(await linesOf(path), before);
    })
  );
});

Deno.test("a dead worker's own record counts, not the word of its manager that it is lost", async () => {
  await withFolder((folder) =>
    withRunning(folder, async ({ harness, worker, path }) => {
      const manager = await harness.connectAs("worker_manager", "worker_manager");
      const lost = { outcome: "lost" as const, workerId: "worker_0" };
      for (const creditId of [0, 1]) {
        manager.send({ type: "record", record: recordOf({ creditId, ...lost }) });
      }
      await harness.clock.advance(100);
      assertEquals((await linesOf(path)).length, 1);
      sendRecords(worker, 0);
      void worker.close();
      await pass(harness, "both", () => manager.of("records_ack").at(-1)?.count === 2);
      const records = (await linesOf(path)).slice(1).map((line) => JSON.parse(line));
      assertEquals(records.map(({ creditId, outcome }) => [creditId, outcome]), [
        [0, "success"],
        [1, "lost"],
      ]);
    })
  );
});

Deno.test("what a worker is said to have lost is not waited for when the worker lives", async () => {
  await withFolder((folder) =>
    withRunning(folder, async ({ harness }) => {
      const manager = await harness.connectAs("worker_manager", "worker_manager");
      const record = recordOf({ outcome: "lost", workerId: "worker_0" });
      manager.send({ type: "record", record });
      await harness.clock.advance(400);
      await pass(harness, "its record", () => manager.of("records_ack").at(-1)?.count === 1);
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
