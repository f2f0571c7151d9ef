import type { Phase } from "../../../common/model/credit.ts";
import type { RunEvent } from "../../../common/model/run_event.ts";

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

/**
 * One line on the phase: count, rate, errors, elapsed and remaining time.
 *
 * `nowNs`: nanoseconds since the run's epoch.
 */
export function renderProgress(progress: Progress, nowNs: number): string {
  if (progress.phase === null) return renderBeginning(progress);
  const elapsedS = Math.max(0, nowNs - progress.startNs) / 1e9;
  const rate = elapsedS > 0 ? progress.completed / elapsedS : 0;
  const parts = [
    `${progress.phase} ${bar(doneFraction(progress, elapsedS))} ${countText(progress)} requests`,
    `${rate.toFixed(1)} req/s`,
    `${progress.inFlight} running`,
    `${progress.errors} ${progress.errors === 1 ? "error" : "errors"}`,
    `${formatSeconds(elapsedS)} elapsed`,
  ];
  const remainingS = remainingSeconds(progress, elapsedS);
  if (remainingS !== null) parts.push(`${formatSeconds(remainingS)} left`);
  return parts.join(" · ");
}

function renderBeginning({ looking }: Progress): string {
  if (looking === null) return "starting the services";
  return `looking through ${looking.file}: ${Math.floor(100 * looking.share)} %`;
}

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
  return plannedRequests ? `${completed}/${plannedRequests}` : String(completed);
}

function bar(fraction: number | null): string {
  if (fraction === null) return "";
  const full = Math.round(fraction * 20);
  return `[${"█".repeat(full)}${"░".repeat(20 - full)}]`;
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
