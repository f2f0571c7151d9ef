import { wrapText } from "../common/config/wrap_text.ts";
import { SCHEDULE_GAP } from "../services/post_processor_manager/console_metrics.ts";
import {
  type Threshold,
  THRESHOLDS,
} from "../services/post_processor_manager/instrument/thresholds.ts";

const WIDTH = 100;

/** The text of `docs/verdict.md`: what the verdict means, and the table of its thresholds. */
export function verdictPage(): string {
  const table = markdownTable([
    ["check", "what is looked at", "SUSPECT", "INVALID", "judged from"],
    ...Object.values<Threshold>(THRESHOLDS).map((threshold) => [
      `\`${threshold.check}\``,
      threshold.what,
      limit(threshold.suspect, threshold),
      limit(threshold.invalid, threshold),
      threshold.from,
    ]),
  ]);
  return [...INTRODUCTION.map(paragraph), table, ...CLOSING.map(paragraph)].join("\n\n") + "\n";
}

const INTRODUCTION = [
  "# The verdict on a measurement",
  "<!-- Written by `deno task docs` from the table in the code. -->",
  "Every result says what it is worth: below the numbers in the terminal, in the third table of the " +
  "CSV, and as `instrument` in the JSON.",
  "- **VALID**: the load was the one asked for, and the tool had no part in the times.",
  "- **SUSPECT**: something was not quite right. The reason says what, what it does to the numbers, " +
  "and what to do about it. Look at it before you quote the numbers.",
  "- **INVALID**: the numbers are about the machine that measured rather than about the server.",
  "The verdict is the worst of the checks below. It never changes a number, and never the exit code.",
  "## The checks",
  "The limits themselves count as reached.",
];

const CLOSING = [
  "The first half second of a run without a warm-up is cold: code is compiled and connections are " +
  "opened. Its requests are in the results and in the lateness that is shown, but the verdict on " +
  "lateness, event loops, CPU time and concurrency does not look at them. " +
  "`--warmup-request-count` keeps them out of the results too. A cold start excuses half a second of lateness " +
  "and no more, and not a run of which all is due within it; a closed loop, of which the concurrency " +
  "tells how it began, is excused in full. A run that is too short for a check is not judged by it: " +
  "the terminal says `VALID, of what could be judged` and right below what could not, so does `unjudged` " +
  "in the JSON. Whoever quotes such a VALID should quote that with it.",
  "## What is measured",
  "- **Lateness**: of each request, how long after its due time it was sent, and where that time " +
  "went. _Issue_ is the timing manager (with the wait for the way to the workers and, under a " +
  "concurrency or prefill limit, that for a slot, which `slot_wait` tells apart), _hand-over_ the way " +
  "through the worker manager, _worker_ what the worker did before it sent, and what a request waited " +
  "for because workers had too many in hand that had not begun. In a closed loop a request is due when the one before it ends, and later turns are due " +
  "their pause after the answer: the way of that news to the timing manager is a part of _issue_. " +
  "What is due at a time that is known beforehand is handed to a worker 15 ms and more ahead, and the " +
  "worker waits for the exact moment; the parts count only what was after the due time. The same as " +
  "metrics, of the requests that succeeded: `schedule_lateness`, `schedule_lateness_issue`, " +
  "`schedule_lateness_hand_over` and `credit_drop_latency`.",
  "- **Latencies from the schedule**: `time_to_first_token_from_schedule`, " +
  "`time_to_first_output_token_from_schedule` and `request_latency_from_schedule` count from the " +
  "due time. When a server stalls, the requests that were held back meanwhile have short ordinary " +
  "latencies; from the schedule, the stall shows in full. The table of the console, of a run and of " +
  "several, shows one right below the ordinary latency when its median or its p99 is longer by " +
  `more than ${100 * SCHEDULE_GAP.fraction} % and ${SCHEDULE_GAP.ms} ms; the one of the first ` +
  "output token only where a model reasons.",
  "- **Arrivals**: count, how many more were due and found no slot until the end, rate, " +
  "coefficient of variation of the gaps, and the largest difference between a gap as scheduled and " +
  "as sent; of a trace, how many turns were due later than it says, as the answers before them took " +
  "longer, and by how much. For Poisson and gamma arrivals at a steady rate, the " +
  "Kolmogorov–Smirnov distance between the gaps and the distribution asked for, and how likely " +
  "gaps that do follow it are that far from it. For constant ones, how many of the gaps are uneven: " +
  "half as long again as the one asked for and longer, or half as long and shorter. A pause of " +
  "whatever length is one such gap, and one more for each request that was due in it and left with " +
  "the others at its end; what was due in a cold start counts for neither. On a machine of two CPUs that " +
  "was left alone, up to 1 % of the gaps of 100/s, 200/s and 300/s were uneven, 3 % of those of " +
  "500/s and 3 to 6 % of those of 1,000/s; a client that leaves in pairs has 100 %, however little each request is late by. Of a rate that grows, the same from the end of its " +
  "ramp on, too: the rate asked for is the one after it.",
  "- **Concurrency**: requests in flight, weighted by time, each until its answer is at its end, also " +
  "where a server keeps it open after its last byte; over the run as a whole and over the " +
  "time when all slots are open and in use. Conversations of several turns keep their slots in the " +
  "pauses between these: then a slot counts as in use as long as its next turn is not due. Under a " +
  "prefill limit, the most requests without a first " +
  "token at the same time.",
  "- **Use of the limits**: while requests waited for `--concurrency` at a rate, or for " +
  "`--prefill-concurrency`, how many of the slots were in use, as the server saw it (from being sent " +
  "to the end or the first token), by how many could have been. What is missing is the way from an " +
  "answer or a first token to the next request, which with a very quick server takes longer than " +
  "the answer: then it is not the limit that sets the pace but the machine that measures. The " +
  "verdict blames `concurrency_kept` for what that cost, and `cap_held_back` for what remains.",
  "- **Event loops**: fifty times a second each worker looks how late a timer fires. What arrives " +
  "while the loop is busy is noticed that much later, so the lag is by how much single latencies " +
  "may be too high. Looks that a blocked loop did not make count as if it had, so the percentiles " +
  "are those of what arrives at any time; they are at most 5 % above the true ones.",
  "- **CPU time** of each process, by its heartbeats, and of the machine, by the kernel's counters " +
  "before and after the load; with them the time that a hypervisor gave to others, the TCP " +
  "connections opened and the segments sent again, all of which include other programs. Only " +
  "Linux tells of the machine, and only where there is a program `cat`.",
  "- **Connections**: how many requests were the first on theirs and how long it took to open, TLS " +
  "included, how many found an open one, and how many failed without any. Requests that open one " +
  "wait for it, so it is part of their latencies, except where connections were opened ahead: a " +
  "closed loop does so for its first requests, a trace for those that are due at the same time. How many were opened in place of one that had been " +
  "closed, by the server, after four idle seconds or by `--connection-reuse-strategy never`, and how " +
  "many were open at once: the most of each worker, added up. Nothing of it is known with HTTP/2.",
  "- **Free ports and file handles**: requests that failed for want of one.",
  "## What cannot be known",
  "The kernel's count of connections opened is that of the whole machine. Garbage collection is not " +
  "told apart from other work of an event loop.",
];

function limit(value: number | null, { unit, isLower }: Threshold): string {
  if (value === null) return "–";
  const amount = unit === "" || unit === "requests" ? String(value) : `${value} ${unit}`;
  return isLower ? `${amount} or less` : `${amount} or more`;
}

function paragraph(text: string): string {
  if (/^(#|<!--)/.test(text)) return text;
  const isItem = text.startsWith("- ");
  const lines = isItem ? wrapText(text.slice(2), WIDTH - 2) : wrapText(text, WIDTH);
  return lines.map((line, i) => !isItem ? line : `${i === 0 ? "- " : "  "}${line}`).join("\n");
}

function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill = " ") =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!, fill)).join(" | ")} |`;
  const [header, ...body] = rows;
  return [line(header!), line(widths.map(() => ""), "-"), ...body.map((row) => line(row))]
    .join("\n");
}
