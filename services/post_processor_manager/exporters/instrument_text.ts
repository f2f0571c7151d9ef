import type {
  ConcurrencyReport,
  InstrumentReport,
  LagStats,
  LatenessReport,
  Verdict,
} from "../../../common/model/instrument.ts";
import { fixed, withThousands } from "./number_text.ts";
import { oneLine, wrap } from "./plain_text.ts";

/**
 * The verdict and what it rests on, for the console: a line on each side of the instrument.
 *
 * `width`: of the console, in columns.
 */
export function instrumentText(instrument: InstrumentReport, width: number): string[] {
  const { verdict, reasons, unjudged, notes } = instrument;
  const paragraphs = [
    ...reasons.map(({ level, text }) => `- ${level === verdict ? "" : `${level}: `}${text}`),
    ...unjudged.length === 0 ? [] : [`- ${unjudgedText(unjudged)}`],
    ...facts(instrument).map((text) => `  ${text}`),
    ...notes.map((text) => `  ${text}`),
  ];
  return [
    verdictText(instrument),
    ...paragraphs.flatMap((text) => indented(text, width)),
  ];
}

/** The line of the verdict, in which VALID is no more than what was looked at. */
export function verdictText(
  { verdict, unjudged }: { verdict: Verdict; unjudged: readonly string[] },
): string {
  const isPart = verdict === "VALID" && unjudged.length > 0;
  return `Verdict on the measurement: ${verdict}${isPart ? ", of what could be judged" : ""}`;
}

function unjudgedText(unjudged: readonly string[]): string {
  return `Too little was sent to judge ${
    unjudged.join(", ")
  }: of these the verdict says nothing. ` +
    "A longer run is judged by them, too (--request-count, --benchmark-duration).";
}

/** The first two columns of the first line are repeated as space in those that follow. */
function indented(text: string, width: number): string[] {
  const lead = text.slice(0, 2);
  return wrap(oneLine(text.slice(2)), width - 4)
    .map((line, i) => `  ${i === 0 ? lead : "  "}${line}`);
}

function facts(instrument: InstrumentReport): string[] {
  const { lateness, concurrency } = instrument;
  if (lateness === null || concurrency === null) return ["No request was sent."];
  return [
    latenessText(lateness),
    arrivalsText(instrument),
    concurrencyText(concurrency),
    ...connectionsText(instrument),
    ...workersText(instrument),
  ];
}

function latenessText({ total, issue, handOver, worker }: LatenessReport): string {
  return `Sent after due: ${milliseconds(total.p50Ms)} median, ${milliseconds(total.p99Ms)} p99, ` +
    `${milliseconds(total.maxMs)} most (p99 of its parts: issue ${fixed(issue.p99Ms)}, hand-over ` +
    `${fixed(handOver.p99Ms)}, worker ${fixed(worker.p99Ms)}).`;
}

function arrivalsText({ arrivals, lateness }: InstrumentReport): string {
  const { pattern, sent, steady, unsent, overdue, moved, largestGapErrorMs } = arrivals;
  const waited = lateness?.slotWait?.requests ?? 0;
  const due = String(arrivals.issued + unsent + overdue);
  const count = `${withThousands(String(sent.count))} of ${withThousands(due)}`;
  if (pattern === "concurrency") return `Sent: ${count} requests.`;
  const steadyRate = steady?.sent.ratePerSecond ?? null;
  const rate = sent.ratePerSecond === null ? "" : ` at ${perSecond(sent.ratePerSecond)}` +
    (steadyRate === null ? "" : `, after the ramp at ${perSecond(steadyRate)}`) +
    askedText(arrivals);
  const { ks, unevenGaps } = (steady ?? arrivals).sent;
  const details = [
    sent.gapCv !== null && `variation of the gaps ${fixed(sent.gapCv)}`,
    largestGapErrorMs !== null && `largest gap error ${milliseconds(largestGapErrorMs)}`,
    ks !== null && `Kolmogorov–Smirnov ${fixed(ks.distance)}, ${pText(ks.pValue)}`,
    unevenGaps !== null && `uneven gaps ${fixed(unevenGaps.share * 100)} %`,
    moved !== null &&
    `${withThousands(String(moved.requests))} moved by the answers before them, ` +
      `${milliseconds(moved.maxMs)} at most`,
    waited > 0 && `${withThousands(String(waited))} waited for a slot`,
    unsent > 0 && `${withThousands(String(unsent))} were due and found none until the end`,
    overdue > 0 && `${withThousands(String(overdue))} were due and not reached until the end`,
  ].filter((detail) => detail !== false);
  const shape = details.length === 0 ? pattern : `${pattern}: ${details.join("; ")}`;
  return `Sent: ${count} requests${rate}, ${shape}.`;
}

function askedText(
  { askedRatePerSecond: asked, meanAskedRatePerSecond: mean }: InstrumentReport["arrivals"],
): string {
  if (mean !== null) return ` (asked: ${perSecond(mean)} on average)`;
  return asked === null ? "" : ` (asked: ${perSecond(asked)})`;
}

function concurrencyText({ asked, avg, max, steady }: ConcurrencyReport): string {
  const ofAsked = asked === null ? "" : ` of ${asked}`;
  const average = steady === null ? avg : steady.avg;
  return `In flight: ${fixed(average)}${ofAsked} on average, ${max} at most.`;
}

function connectionsText({ connections }: InstrumentReport): string[] {
  if (connections === null) return [];
  const { opened, reused, reconnects, mostOpen, failed, opening } = connections;
  const cost = opening === null
    ? ""
    : ` in ${milliseconds(opening.p50Ms)} (median), ${milliseconds(opening.p99Ms)} (p99)`;
  const without = failed === 0 ? "" : `, ${withThousands(String(failed))} could not be`;
  const again = reconnects === 0
    ? ""
    : `, ${withThousands(String(reconnects))} of them in place of closed ones`;
  const most = mostOpen === null ? "" : `, ${withThousands(String(mostOpen))} at once at most`;
  const onOpen = `${withThousands(String(reused))} ${reused === 1 ? "request" : "requests"}`;
  return [
    `Connections: ${
      withThousands(String(opened))
    } opened${cost}${again}${most}${without}; ${onOpen} on open ones.`,
  ];
}

function workersText({ workers, machine }: InstrumentReport): string[] {
  const healths = workers.flatMap(({ health }) => health ?? []);
  const shares = healths.flatMap(({ cpuShare }) => cpuShare ?? []);
  const lags = healths.flatMap(({ lag }) => lag ?? []);
  const known = [
    shares.length > 0 && `busiest ${share(Math.max(...shares))} busy`,
    lags.length > 0 && `event loop at most ${lagText(lags)} late`,
    machine !== null && `machine ${share(machine.cpuShare)} busy`,
  ].filter((part) => part !== false);
  if (known.length === 0) return [];
  return [
    `${workers.length === 1 ? "1 worker" : `${workers.length} workers`}: ${known.join(", ")}.`,
  ];
}

function lagText(lags: readonly LagStats[]): string {
  const p99Ms = Math.max(...lags.map((lag) => lag.p99Ms));
  const maxMs = Math.max(...lags.map((lag) => lag.maxMs));
  return `${milliseconds(p99Ms)} (p99) and ${milliseconds(maxMs)} (most)`;
}

function milliseconds(value: number): string {
  return `${fixed(value)} ms`;
}

function perSecond(rate: number): string {
  return `${withThousands(fixed(rate))}/s`;
}

function share(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

function pText(p: number): string {
  return p < 0.001 ? "p below 0.001" : `p = ${p.toFixed(3)}`;
}
