import type { CaseResult } from "./check_case.ts";
import { type Fault, FAULT_CASES, type FaultCase, FAULTS } from "./fault_table.ts";

/** Where the page is, from the root of the repository. */
export const PAGE_PATH = "docs/faults.md";

const INTRODUCTION = `<!-- deno-fmt-ignore-file -->

# What a fault in the middle of a run leads to

\`deno task test:faults\` makes a whole run for each line of this table, under load against the mock
server, lets the fault befall it, and writes this page. A line is here only if all of this held:

- the exit code is that of the ending (complete: 0, broken off or not begun: 1);
- every credit has exactly one record, and requests issued = succeeded + failed + cancelled + lost, in
  the journal and in every export; the server saw no request twice. The first record of a credit in
  the journal is the one that counts; that one is \`lost\` is written only when what its worker itself
  has said is read to its end;
- \`aiperf report\` makes the same exports from the journal alone; of a journal without an end it says
  that the run is not complete, and has the same numbers;
- no process and no run directory is left, and the time limit of the line was kept.

The numbers are those of one pass on a small machine with other runs beside it; the seconds are counted
from the fault to the end of the last process. When the controller is dead, a process that is stopped
(\`SIGSTOP\`) cannot notice it: it stays until it is continued (\`kill -CONT\`), and ends then, or until it is
killed. A stopped worker is ended by its manager. A run has 400 requests (1,200 where a process is stopped) of some
80 ms, 8 at a time.

`;

const HEADER = "| service | ending | s | issued | succeeded | cancelled | lost |\n" +
  "|---|---|---:|---:|---:|---:|---:|\n";

/** The page of the fault table: one part for each fault, one line for each service. */
export function faultsPage(results: readonly CaseResult[]): string {
  const parts = (Object.keys(FAULTS) as Fault[]).map((fault) => {
    const rows = FAULT_CASES.filter((one) => one.fault === fault).map((one) => row(one, results));
    return `## ${sentence(FAULTS[fault])}\n\n${HEADER}${rows.join("")}`;
  });
  return INTRODUCTION + parts.join("\n");
}

function row(faultCase: FaultCase, results: readonly CaseResult[]): string {
  const result = results.find((one) => one.faultCase === faultCase);
  const account = result?.account;
  const numbers = account
    ? [account.issued, account.succeeded, account.cancelled, account.lost]
    : [0, 0, 0, 0];
  const cells = [
    faultCase.service,
    faultCase.ending,
    (result?.seconds ?? 0).toFixed(1),
    ...numbers,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

function sentence(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
