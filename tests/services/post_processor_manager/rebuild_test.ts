import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ARTIFACT_FILES } from "../../../common/model/artifact_files.ts";
import type { JournalEntry } from "../../../common/model/journal.ts";
import { LineFile } from "../../../common/runtime/line_file.ts";
import { rebuild, type RebuiltRun } from "../../../services/post_processor_manager/rebuild.ts";
import { RunResults } from "../../../services/post_processor_manager/run_results.ts";
import { closingOf, journalText, withFolder } from "../../helpers/journal_text.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { phasePlanOf } from "../../helpers/phase_plan.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

const EXPORTS = [
  ARTIFACT_FILES.requestMetrics,
  ARTIFACT_FILES.summaryJson,
  ARTIFACT_FILES.summaryCsv,
  ARTIFACT_FILES.console,
];

const CONFIG = runConfigOf({
  artifactDir: "/where/it/was/made",
  phases: [phasePlanOf({ maxRequests: 10, failureLimit: { ratio: 0.25, armedAfter: 10 } })],
  endpoint: { ...runConfigOf().endpoint, tokenCountSource: "client" },
});

const RECORDS = [
  recordOf({ creditId: 7, phase: "warmup" }),
  recordOf({ creditId: 1, text: { output: "one two three", reasoning: "" } }),
  failedRecordOf({ creditId: 0 }),
  recordOf({ creditId: 3, text: { output: "four", reasoning: "five" } }),
];

const BOUNDS = {
  ...messageExamples.phase_complete,
  phase: "profiling",
  issued: 3,
  unsent: 7,
} as const;

const CLOSING = closingOf(0, {
  accounts: {
    warmup: { issued: 1, succeeded: 1, failed: 0, cancelled: 0, lost: 0 },
    profiling: { issued: 3, succeeded: 2, failed: 1, cancelled: 0, lost: 0 },
  },
});

/** Writes a journal and rebuilds what it can be turned into. */
async function rebuilt(
  folder: string,
  { entries = [...RECORDS, BOUNDS, CLOSING], change = (text: string) => text }: {
    entries?: readonly JournalEntry[];
    change?: (text: string) => string;
  } = {},
): Promise<RebuiltRun> {
  const text = change(journalText(CONFIG, entries));
  await Deno.writeTextFile(`${folder}/${ARTIFACT_FILES.records}`, text);
  return await rebuild(folder);
}

async function summaryIn(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.summaryJson}`));
}

Deno.test("a run that came to its end is rebuilt byte for byte, wherever its journal is", async () => {
  await withFolder((original) =>
    withFolder(async (copy) => {
      const results = await RunResults.open(CONFIG, {
        folder: original,
        fetch: () => Promise.reject(new Error("nothing is to be counted")),
        warn(error) {
          throw error;
        },
        warnOutput(error) {
          throw error;
        },
      });
      for (const record of RECORDS) await results.take(record);
      const { startNs, endNs, unsent } = BOUNDS;
      const written = await results.write({
        startNs,
        endNs,
        unsent,
        wasCancelled: false,
        account: CLOSING.accounts.profiling,
        health: CLOSING.health,
      });
      await results.close();
      // The report names the files where they are, their own text where they were made.
      const console = written.console.replaceAll(original, copy);
      assertStringIncludes(console, `${copy}/records.jsonl`);
      const again = await rebuilt(copy);
      assertEquals([again.console, again.problems], [console, []]);
      assertEquals(again.made?.report, written.report);
      for (const file of EXPORTS) {
        const made = await Deno.readTextFile(`${original}/${file}`);
        assertEquals(await Deno.readTextFile(`${copy}/${file}`), made, file);
      }
    })
  );
});

Deno.test("a journal without an end makes a report that says so", async () => {
  await withFolder(async (folder) => {
    const { console, problems } = await rebuilt(folder, { entries: RECORDS });
    const gap = "The journal ends before the run did: the tool was killed, or its disk was full. " +
      "The results cover the requests that are in it.";
    assertEquals(problems, [gap]);
    assertStringIncludes(console!, "Warning: The journal ends before the run did");
    const summary = await summaryIn(folder);
    assertEquals(summary["was_cancelled"], true);
    assertEquals((summary["warnings"] as string[])[0], gap);
    assertEquals((summary["credits"] as { issued: number }).issued, 3);
  });
});

Deno.test("of a run in which nothing succeeded the problem is told, as at its end", async () => {
  await withFolder(async (folder) => {
    const failed = { ...closingOf(0).accounts.profiling, issued: 1, failed: 1, succeeded: 0 };
    const accounts = { ...closingOf(0).accounts, profiling: failed };
    const { console, problems } = await rebuilt(folder, {
      entries: [failedRecordOf(), { ...BOUNDS, issued: 1 }, closingOf(0, { accounts })],
    });
    assertEquals(problems.length, 1);
    assertStringIncludes(problems[0]!, "no request succeeded (of 1); most often: ");
    assertStringIncludes(console!, "No request of 1 succeeded");
  });
});

Deno.test("a torn last line is left out and told", async () => {
  await withFolder(async (folder) => {
    const { problems } = await rebuilt(folder, {
      entries: RECORDS,
      change: (text) => text.slice(0, -10),
    });
    assert(
      /^The journal ends in the middle of a line, of which \d+ bytes are left out\.$/
        .test(problems[1]!),
      problems[1],
    );
    assertEquals((await summaryIn(folder))["credits"], {
      issued: 2,
      succeeded: 1,
      failed: 1,
      cancelled: 0,
      lost: 0,
    });
  });
});

Deno.test("lines that cannot be used are told by their number, twenty of them", async () => {
  await withFolder(async (folder) => {
    const garbage = "?\n".repeat(25);
    const { problems } = await rebuilt(folder, {
      change: (text) => text.replace("\n", `\n${garbage}`),
    });
    assertEquals(problems[0], "25 lines of the journal cannot be used and got left out.");
    assertEquals(problems.length, 22);
    assertEquals(
      problems[1],
      `${folder}/records.jsonl, line 2: it is no JSON object; left out`,
    );
    assertEquals(problems[21], "5 further lines are left out");
  });
});

const BROKEN: [what: string, entries: readonly JournalEntry[], problems: string[]][] = [
  [
    "failed",
    [BOUNDS, { ...CLOSING, wasCancelled: true, failure: "worker_1 died" }],
    ["The run failed: worker_1 died; the results cover what had ended by then."],
  ],
  [
    "was interrupted by nobody knows whom",
    [BOUNDS, { ...CLOSING, wasCancelled: true }],
    ["The run was interrupted: the results cover what had ended by then."],
  ],
  [
    "was interrupted",
    [BOUNDS, {
      ...CLOSING,
      wasCancelled: true,
      failure: "nobody answered any more",
      ending: { reason: "interrupted", cause: "SIGTERM" },
    }],
    ["The run was interrupted by SIGTERM: the results cover what had ended by then."],
  ],
  [
    "missed records",
    [BOUNDS, { ...CLOSING, missing: 2 }],
    ["2 credits were issued and never became a record"],
  ],
  [
    "failed too much",
    [{ ...BOUNDS, reason: "failed_threshold" }, CLOSING],
    [
      "More requests of the run failed than --failed-request-threshold 0.25 allows: 1 of 3 (33.33 %).",
    ],
  ],
  [
    "was ended by its failures",
    [BOUNDS, {
      ...CLOSING,
      wasCancelled: true,
      ending: { reason: "failed_request_threshold", cause: null },
    }],
    [
      "More requests of the run failed than --failed-request-threshold 0.25 allows: 1 of 3 (33.33 %); " +
      "it was ended early, and the results cover what had ended by then.",
    ],
  ],
];

for (const [what, entries, problems] of BROKEN) {
  Deno.test(`a run that ${what} is rebuilt, with the reason`, async () => {
    await withFolder(async (folder) => {
      const report = await rebuilt(folder, { entries: [...RECORDS, ...entries] });
      assertEquals(report.problems, problems);
      assertStringIncludes(report.console!, "aiperf | LLM Metrics");
    });
  });
}

Deno.test("a journal is never written", async () => {
  await withFolder(async (folder) => {
    const torn = (text: string) => text.slice(0, -10);
    await rebuilt(folder, { change: torn });
    assertEquals(
      await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.records}`),
      torn(journalText(CONFIG, [...RECORDS, BOUNDS, CLOSING])),
    );
  });
});

Deno.test("files that cannot be written are named, and the report is there all the same", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/${ARTIFACT_FILES.summaryCsv}`);
    await Deno.mkdir(`${folder}/${ARTIFACT_FILES.requestMetrics}`);
    const { console, problems } = await rebuilt(folder);
    assertStringIncludes(console!, "aiperf | LLM Metrics");
    assertEquals(problems, [
      `Cannot write ${folder}/profile_export.jsonl: it is a folder`,
      `Cannot write ${folder}/profile_export_aiperf.csv: it is a folder`,
    ]);
  });
});

Deno.test("what is no journal is refused by its path and the reason", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/records.jsonl`;
    const refused = async () => {
      const { console, problems } = await rebuild(folder);
      assertEquals(console, null);
      return problems;
    };
    assertEquals(await refused(), [`There is no run in "${folder}": no ${path}`]);
    await Deno.writeTextFile(path, "{}\n");
    assertEquals(await refused(), [
      `Cannot use ${path}: it is no journal of aiperf: its first line is no header`,
    ]);
    await Deno.writeTextFile(path, '{"journal":7}\n');
    assertEquals(await refused(), [
      `Cannot use ${path}: it was written by a newer aiperf (journal version 7; this one knows 1)` +
      ": use that one",
    ]);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assertEquals(await refused(), [`Cannot read ${path}: it is a folder`]);
  });
});

Deno.test("the journal of a run that still goes on is left alone", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/records.jsonl`;
    const file = await LineFile.create(path);
    const problem = `${path} is in use: the run still goes on`;
    assertEquals(await rebuild(folder), {
      console: null,
      problems: [problem],
      whyIncomplete: problem,
      made: null,
    });
    await file.close();
  });
});

Deno.test("a tokenizer whose files are gone leaves answers uncounted, and the report says so", async () => {
  const plan = {
    kind: "huggingface",
    name: "org/m",
    commit: null,
    path: "/gone/tokenizer.json",
    configPath: null,
    chatTemplate: null,
  };
  await withFolder(async (folder) => {
    const { console, problems } = await rebuilt(folder, {
      change: (text) =>
        text.replace('{"kind":"builtin","encoding":"o200k_base"}', JSON.stringify(plan)),
    });
    assert(console !== null);
    assertEquals(problems, [
      "Answers that the server gave no usage for are not counted: --tokenizer: " +
      "/gone/tokenizer.json: cannot be read: no such file",
    ]);
    const summary = await summaryIn(folder);
    assert("request_latency" in summary);
    assertEquals("output_sequence_length" in summary, false);
  });
});

Deno.test("of a journal of before, which did not tell of waits for slots, the report says so", async () => {
  const limited = (text: string) =>
    text.replace('"prefill":null', '"prefill":{"limit":1,"rampMs":0}')
      .replaceAll(/"issuedNs":(\d+)/g, (_, ns) => `"issuedNs":${Number(ns) + 1000}`);
  const ofBefore = (text: string) => limited(text).replace('"tellsSlotWaits":true,', "");
  const isGuessed = async (folder: string, change: (text: string) => string) => {
    const { problems } = await rebuilt(folder, { change });
    assertEquals(problems, []);
    const { instrument } = await summaryIn(folder) as { instrument: { notes: string[] } };
    return instrument.notes.some((note) => note.includes("The journal is of an older aiperf"));
  };
  await withFolder(async (folder) => {
    assertEquals(await isGuessed(folder, ofBefore), true);
    assertEquals(await isGuessed(folder, limited), false);
  });
});
