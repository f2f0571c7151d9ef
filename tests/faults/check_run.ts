import { assert, assertEquals, assertMatch } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import { readJournal, type SummaryJson } from "../helpers/artifacts.ts";
import type { Finished, Sandbox } from "../helpers/run_aiperf.ts";

/** How often requests came to which end. */
export interface Account {
  readonly issued: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly lost: number;
}

/** The exports that `aiperf report` makes again. */
const EXPORTS = [
  ARTIFACT_FILES.requestMetrics,
  ARTIFACT_FILES.summaryJson,
  ARTIFACT_FILES.summaryCsv,
  ARTIFACT_FILES.console,
];

/** What the journal of a run tells: throws unless every credit from the first on has one record. */
export async function checkJournal(folder: string): Promise<Account> {
  const records = await readJournal(folder);
  // A lost request has no id: only the worker that died knew it.
  const ids = records.map(({ requestId }) => requestId).filter((id) => id !== "");
  assertEquals(new Set(ids).size, ids.length, "a request has two records");
  const credits = records.map(({ creditId }) => creditId);
  assertEquals(new Set(credits).size, credits.length, "a credit has two records");
  return accountOf(records);
}

function accountOf(records: readonly RequestRecord[]): Account {
  const count = (outcome: string) => records.filter((one) => one.outcome === outcome).length;
  return {
    issued: records.length,
    succeeded: count("success"),
    failed: count("error"),
    cancelled: count("cancelled"),
    lost: count("lost"),
  };
}

/** Throws unless the server saw every request that succeeded, and none of them twice. */
export async function checkServer(folder: string, receivedIds: readonly string[]): Promise<void> {
  const received = new Set(receivedIds);
  assertEquals(received.size, receivedIds.length, "a request was sent twice");
  for (const { outcome, requestId } of await readJournal(folder)) {
    if (outcome === "success") assert(received.has(requestId), "a record without a request");
  }
}

/**
 * Throws unless the summary of a run has the account that its journal tells.
 *
 * `missing`: how many credits, as the run has said, never became a record.
 */
export async function checkSummary(
  folder: string,
  account: Account,
  missing = 0,
): Promise<SummaryJson> {
  const json: SummaryJson = JSON.parse(
    await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.summaryJson}`),
  );
  assertEquals(json.credits, { ...account, issued: account.issued + missing });
  const lines = await Deno.readTextFile(`${folder}/${ARTIFACT_FILES.requestMetrics}`);
  assertEquals(lines.split("\n").length - 1, account.issued, "lines of the requests' metrics");
  return json;
}

/** Throws unless `aiperf report` makes the very same exports from the journal alone. */
export async function checkReport(sandbox: Sandbox): Promise<Finished> {
  const report = await reportOfCopy(sandbox);
  for (const file of EXPORTS) {
    const made = await Deno.readTextFile(`${sandbox.path}/out/${file}`);
    assertEquals(await Deno.readTextFile(`${sandbox.path}/copy/${file}`), made, file);
  }
  return report;
}

/** Throws unless `aiperf report` tells of a run that nobody ended what its journal holds. */
export async function checkPartialReport(sandbox: Sandbox, account: Account): Promise<void> {
  const { code, stderr } = await reportOfCopy(sandbox);
  assertEquals(code, 1);
  assertMatch(stderr, /^aiperf: The journal ends before the run did/m);
  const json = await checkSummary(`${sandbox.path}/copy`, account);
  assertEquals(json.was_cancelled, true);
}

async function reportOfCopy(sandbox: Sandbox): Promise<Finished> {
  const copy = `${sandbox.path}/copy`;
  await Deno.mkdir(copy, { recursive: true });
  const journal = ARTIFACT_FILES.records;
  await Deno.copyFile(`${sandbox.path}/out/${journal}`, `${copy}/${journal}`);
  return await sandbox.run(["report", "copy"]);
}
