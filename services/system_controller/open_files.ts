import type { PhasePlan } from "../../common/model/run_config.ts";

/** What a process has open beside its connections to the server: 30 and some more. */
const BESIDE = 64;

/** No system lets a process open fewer files than that, unless somebody wants it so. */
const FEWEST_ALLOWED = 256;

/** What the number of files that a process has to open depends on. */
export interface OpenFilesNeed {
  readonly phases: readonly Pick<PhasePlan, "phase" | "load" | "maxRequests" | "maxSessions">[];
  readonly workers: number;
  /** Whether each request in flight has a connection to itself: not so with HTTP/2. */
  readonly hasOwnConnections: boolean;
  /** Whether the server, with all connections at its other end, is one of ours. */
  readonly isMock: boolean;
}

/** Whether so many files may be needed that the limit is worth a question. */
export function mayNeedMany(need: OpenFilesNeed): boolean {
  return mostFiles(need).files > FEWEST_ALLOWED;
}

/**
 * What is to be said before a run whose concurrency needs more open files than a process may have;
 * null: nothing.
 *
 * Only of closed loops is it known beforehand. `limit`: what `ulimit -n` says; null: nobody knows.
 */
export function noteOnOpenFiles(need: OpenFilesNeed, limit: number | null): string | null {
  const { files, flag, concurrency } = mostFiles(need);
  if (limit === null || files <= limit) return null;
  const { workers, isMock } = need;
  const who = isMock ? "the mock server" : workers === 1 ? "the worker" : "each worker";
  const workersEnough = Math.ceil(concurrency / Math.max(1, limit - BESIDE));
  const others = isMock || limit <= BESIDE ? "" : `, or use --workers-max ${workersEnough}`;
  return `${flag} ${concurrency} takes up to ${files} open files in ${who}, and this machine allows ` +
    `a process ${limit}: requests beyond that fail. Raise the limit first ` +
    `(ulimit -n ${files})${others}`;
}

/** What the phase takes that has the most requests in flight. */
function mostFiles({ phases, workers, hasOwnConnections, isMock }: OpenFilesNeed) {
  let most = { files: 0, flag: "", concurrency: 0 };
  if (!hasOwnConnections) return most;
  for (const { phase, load, maxRequests, maxSessions } of phases) {
    if (load.kind !== "closed") continue;
    const { concurrency } = load;
    const together = Math.min(concurrency, maxRequests ?? Infinity, maxSessions ?? Infinity);
    const files = BESIDE + (isMock ? together : Math.ceil(together / workers));
    const flag = phase === "warmup" ? "--warmup-concurrency" : "--concurrency";
    if (files > most.files) most = { files, flag, concurrency };
  }
  return most;
}
