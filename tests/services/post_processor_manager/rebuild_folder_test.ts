import { NOT_STARTED } from "../../../common/model/run_problems.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ARTIFACT_FILES } from "../../../common/model/artifact_files.ts";
import type { JournalEntry } from "../../../common/model/journal.ts";
import { AGGREGATE_FILES, runFolder, runLabel } from "../../../common/model/run_series.ts";
import { LineFile } from "../../../common/runtime/line_file.ts";
import { rebuildFolder } from "../../../services/post_processor_manager/rebuild_folder.ts";
import { closingOf, journalText, withFolder } from "../../helpers/journal_text.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

const BOUNDS = { ...messageExamples.phase_complete, phase: "profiling", issued: 1 } as const;
const COMPLETE = [recordOf(), { ...BOUNDS, unsent: 0 }, closingOf(1)];
const KILLED = [recordOf()];

/** Writes the journal of a run of a series of four, or of another confidence, below a folder. */
async function writeRun(folder: string, number: number, entries: readonly JournalEntry[]) {
  const label = runLabel(number);
  const run = `${folder}/${runFolder(label)}`;
  const config = runConfigOf({
    exportRecords: true,
    trial: { number, of: 4, label, confidenceLevel: 0.9 },
  });
  await Deno.mkdir(run, { recursive: true });
  await Deno.writeTextFile(`${run}/${ARTIFACT_FILES.records}`, journalText(config, entries));
  return run;
}

Deno.test("a run is rebuilt in its own folder, however it is written", async () => {
  await withFolder(async (folder) => {
    const text = journalText(runConfigOf(), COMPLETE);
    await Deno.writeTextFile(`${folder}/${ARTIFACT_FILES.records}`, text);
    const { console, problems, folders } = await rebuildFolder(`${folder}//`);
    assertEquals([problems, folders], [[], [folder]]);
    assertStringIncludes(console!, `JSON Export: ${folder}/${ARTIFACT_FILES.summaryJson}`);
  });
});

Deno.test("of a series that was killed each run that began is rebuilt, and the complete ones aggregated", async () => {
  await withFolder(async (folder) => {
    const runs = [
      await writeRun(folder, 1, COMPLETE),
      await writeRun(folder, 2, COMPLETE),
      await writeRun(folder, 3, KILLED),
    ];
    const { console, problems, folders } = await rebuildFolder(`${folder}/`);
    assertEquals(folders, runs);
    const killed =
      "The journal ends before the run did: the tool was killed, or its disk was full. " +
      "The results cover the requests that are in it.";
    assertEquals(problems.map((problem) => problem.slice(0, killed.length + 10)), [
      `run_0003: ${killed}`,
      `run_0004: ${NOT_STARTED}`,
    ]);
    const titles = console!.match(/^ *aiperf \| (run|Aggregate) .*$/gm);
    assertEquals(titles?.map((title) => title.trim()), [
      "aiperf | run 1 of 4",
      "aiperf | run 2 of 4",
      "aiperf | run 3 of 4",
      "aiperf | Aggregate of 2 of 4 runs",
    ]);
    const { metadata } = JSON.parse(await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.json}`));
    assertEquals(metadata.run_labels, ["run_0001", "run_0002"]);
    assertEquals(metadata.confidence_level, 0.9);
    const { metadata: pooled } = JSON.parse(
      await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.collated}`),
    );
    assertEquals(pooled.pooled_runs.map(({ requests }: { requests: number }) => requests), [1, 1]);
  });
});

Deno.test("a run that has begun and left no journal is told from one that never began", async () => {
  await withFolder(async (folder) => {
    await writeRun(folder, 1, COMPLETE);
    await Deno.mkdir(`${folder}/profile_runs/run_0002/logs`, { recursive: true });
    const { problems } = await rebuildFolder(folder);
    assertEquals(problems, [
      "run_0002: it left no journal",
      `run_0003: ${NOT_STARTED}`,
      `run_0004: ${NOT_STARTED}`,
    ]);
  });
});

Deno.test("a run that was interrupted does not count, in the words of the end of its series", async () => {
  await withFolder(async (folder) => {
    const ending = { reason: "interrupted" as const, cause: "SIGINT" };
    const closing = closingOf(1, { wasCancelled: true, ending });
    await writeRun(folder, 4, [recordOf(), { ...BOUNDS, unsent: 0 }, closing]);
    const { problems } = await rebuildFolder(folder);
    assertEquals(problems.at(-1), "run_0004: it was interrupted by SIGINT");
  });
});

Deno.test("a run in which nothing succeeded does not count in its series", async () => {
  await withFolder(async (folder) => {
    const failed = { ...closingOf(0).accounts.profiling, issued: 1, failed: 1 };
    const accounts = { ...closingOf(0).accounts, profiling: failed };
    const entries = [failedRecordOf(), { ...BOUNDS, unsent: 0 }, closingOf(0, { accounts })];
    await writeRun(folder, 4, entries);
    const { problems } = await rebuildFolder(folder);
    assertStringIncludes(problems.at(-1)!, "run_0004: no request succeeded (of 1)");
    const { metadata } = JSON.parse(await Deno.readTextFile(`${folder}/${AGGREGATE_FILES.json}`));
    assertEquals(metadata.num_successful_runs, 0);
  });
});

Deno.test("a series without a journal that can be used, or that still goes on, is refused", async () => {
  await withFolder(async (folder) => {
    const run = await writeRun(folder, 1, []);
    const path = `${run}/${ARTIFACT_FILES.records}`;
    await Deno.writeTextFile(path, "{}\n");
    assertEquals(await rebuildFolder(folder), {
      console: null,
      problems: [`Cannot use ${path}: it is no journal of aiperf: its first line is no header`],
      folders: [],
    });
    const file = await LineFile.create(path);
    assertEquals(await rebuildFolder(folder), {
      console: null,
      problems: [`${path} is in use: the series still goes on`],
      folders: [],
    });
    await file.close();
  });
});
