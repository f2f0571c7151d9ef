import type { Phase } from "../../../common/model/credit.ts";
import type { RunEvent } from "../../../common/model/run_event.ts";
import { fitFields, longestThatFits } from "./fit_fields.ts";

/** What is known of the running phase. */
export interface Progress {
  /** How far the input file has been looked through that is waited for; null: none is. */
  readonly looking: { readonly file: string; readonly share: number } | null;
  readonly phase: Phase | null;
  readonly startNs: number;
  readonly plannedRequests: number | null;
  readonly plannedDurationMs: number | null;
  readonly issued: number;
  readonly inFlight: number;
  readonly completed: number;
  readonly errors: number;
}

/** Nothing has started yet. */
export const NO_PROGRESS: Progress = {
  looking: null,
  phase: null,
  startNs: 0,
  plannedRequests: null,
  plannedDurationMs: null,
  issued: 0,
  inFlight: 0,
  completed: 0,
  errors: 0,
};

/** What is known after an event. */
export function advance(progress: Progress, event: RunEvent): Progress {
  switch (event.type) {
    case "phase_started":
      return {
        ...NO_PROGRESS,
        phase: event.phase,
        startNs: event.startNs,
        plannedRequests: event.plannedRequests,
        plannedDurationMs: event.plannedDurationMs,
      };
    case "dataset_progress":
      return { ...progress, looking: event };
    case "phase_progress":
      return { ...progress, issued: event.issued, inFlight: event.inFlight };
    case "records_progress": {
      if (event.phase !== progress.phase) return progress;
      const { succeeded, failed, cancelled, lost } = event.account;
      const completed = succeeded + failed + cancelled + lost;
      return { ...progress, completed, errors: failed + lost };
    }
    default:
      return progress;
  }
}

/** Where a line on progress is shown. */
export interface ProgressPlace {
  /** The most characters that it may have. */
  readonly width: number;
  /** What the run is called among several; empty: it is the only one. */
  readonly name: string;
}

/** A line of its own, with all the room that it wants. */
const ANYWHERE: ProgressPlace = { width: Infinity, name: "" };

/**
 * One line on the phase: count, errors if there are any, rate, elapsed and remaining time.
 *
 * Where that is too much, whole fields are left out; see `fitFields`. `nowNs`: nanoseconds since the
 * run's epoch.
 */
export function renderProgress(
  progress: Progress,
  nowNs: number,
  { width, name }: ProgressPlace = ANYWHERE,
): string {
  if (progress.phase === null) return renderBeginning(progress, { width, name });
  const { completed, errors, inFlight } = progress;
  const elapsedS = Math.max(0, nowNs - progress.startNs) / 1e9;
  const rate = elapsedS > 0 ? completed / elapsedS : 0;
  const remainingS = remainingSeconds(progress, elapsedS);
  return fitFields({
    name,
    phase: progress.phase,
    doneShare: doneFraction(progress, elapsedS),
    count: countText(progress),
    errors: errors === 0 ? "" : errors === 1 ? "1 error" : `${errors} errors`,
    rate: `${rate.toFixed(1)} req/s`,
    running: `${inFlight} running`,
    elapsed: `${formatSeconds(elapsedS)} elapsed`,
    left: remainingS === null ? "" : `${formatSeconds(remainingS)} left`,
  }, width);
}

function renderBeginning({ looking }: Progress, { width, name }: ProgressPlace): string {
  const prefix = name === "" ? "" : `${name} · `;
  if (looking === null) return longestThatFits([`${prefix}${STARTING}`, STARTING], width);
  const percent = `${Math.floor(100 * looking.share)} %`;
  const line = `looking through ${looking.file}: ${percent}`;
  const shorter = `looking through the input file: ${percent}`;
  return longestThatFits([`${prefix}${line}`, line, shorter, percent], width);
}

const STARTING = "starting the services";

/** How much of the phase is done, from 0 to 1; null when it has no planned end. */
function doneFraction(progress: Progress, elapsedS: number): number | null {
  const { plannedRequests, plannedDurationMs, completed } = progress;
  const byCount = plannedRequests ? completed / plannedRequests : 0;
  const byTime = plannedDurationMs ? elapsedS * 1000 / plannedDurationMs : 0;
  if (!plannedRequests && !plannedDurationMs) return null;
  return Math.min(1, Math.max(byCount, byTime));
}

function remainingSeconds(progress: Progress, elapsedS: number): number | null {
  const done = doneFraction(progress, elapsedS);
  if (done === null || done === 0) return null;
  return elapsedS * (1 - done) / done;
}

function countText({ completed, plannedRequests }: Progress): string {
  if (plannedRequests) return `${completed}/${plannedRequests} requests`;
  return completed === 1 ? "1 request" : `${completed} requests`;
}

/** A duration as `42 s`, `3:07` or `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
