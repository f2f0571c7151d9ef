import { assert, assertEquals, assertMatch } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import {
  type Account,
  checkJournal,
  checkPartialReport,
  checkReport,
  checkServer,
  checkSummary,
} from "./check_run.ts";
import type { Ending, FaultCase } from "./fault_table.ts";
import { CONCURRENCY, play, type Played } from "./play_fault.ts";

/** What came of a case that held. */
export interface CaseResult {
  readonly faultCase: FaultCase;
  readonly seconds: number;
  /** null when the load had not begun. */
  readonly account: Account | null;
}

const EXIT_CODES: Readonly<Record<Ending, number>> = {
  "complete": 0,
  "complete but for lost requests": 0,
  "broken off with results": 1,
  "not begun": 1,
  // As a shell shows the death by SIGKILL.
  "journal only": 137,
};

/** Plays one case and throws unless everything is as the table says. */
export async function checkCase(faultCase: FaultCase): Promise<CaseResult> {
  let account: Account | null = null;
  let seconds = 0;
  await withSandbox(async (sandbox) => {
    const played = await play(faultCase, sandbox);
    seconds = played.seconds;
    assertEquals(played.code, EXIT_CODES[faultCase.ending], played.stderr);
    if (faultCase.says !== null) assertMatch(played.stderr, faultCase.says);
    account = await checkEnding(faultCase, { sandbox, played });
    assert(seconds <= faultCase.withinS, `it took ${seconds} s`);
  });
  return { faultCase, seconds, account };
}

interface Scene {
  readonly sandbox: Sandbox;
  readonly played: Played;
}

async function checkEnding(
  { ending }: FaultCase,
  { sandbox, played }: Scene,
): Promise<Account | null> {
  const folder = `${sandbox.path}/out`;
  if (ending === "not begun") {
    assertEquals(played.receivedIds, []);
    const summary = await readQuietly(`${folder}/${ARTIFACT_FILES.summaryJson}`);
    if (summary !== null) assertEquals(JSON.parse(summary).credits.issued, 0);
    return null;
  }
  const account = await checkJournal(folder);
  await checkServer(folder, played.receivedIds);
  assert(account.succeeded > 0);
  if (ending === "journal only") {
    await checkPartialReport(sandbox, account);
    return account;
  }
  const json = await checkSummary(folder, account);
  await checkReport(sandbox);
  if (ending === "broken off with results") {
    assertEquals(json.was_cancelled, true);
    assert(account.issued < played.planned);
    assert(account.cancelled + account.lost <= CONCURRENCY);
    return account;
  }
  assertEquals(json.was_cancelled, false);
  assertEquals([account.issued, account.failed, account.cancelled], [played.planned, 0, 0]);
  assert(account.lost <= (ending === "complete" ? 0 : CONCURRENCY), `${account.lost} lost`);
  return account;
}

async function readQuietly(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return null;
  }
}
