import { shownUrl } from "../../common/http/target.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { Logger } from "../../common/runtime/log.ts";

/** So many failed requests are told of one by one between two calls of `flush`. */
export const MOST_TOLD = 10;

/** What a log of requests needs. */
export interface RequestLogOptions {
  readonly log: Pick<Logger, "enabled" | "debug" | "trace">;
  /** Those of the run: its records have the index of one. */
  readonly urls: readonly string[];
}

/**
 * Tells the log what became of requests: at DEBUG of some of those that failed, for there may be a
 * million of them, at TRACE of all, whatever became of them.
 */
export class RequestLog {
  readonly #log: RequestLogOptions["log"];
  readonly #urls: readonly string[];
  #told = 0;
  #untold = 0;

  constructor({ log, urls }: RequestLogOptions) {
    this.#log = log;
    this.#urls = urls.map(shownUrl);
  }

  /** Takes note of a request that has ended. */
  note(record: RequestRecord): void {
    if (!this.#log.enabled("DEBUG")) return;
    const isTracing = this.#log.enabled("TRACE");
    if (!hasFailed(record)) {
      if (isTracing) this.#log.trace(this.#sentence(record));
    } else if (isTracing || this.#told < MOST_TOLD) {
      this.#told++;
      this.#log.debug(this.#sentence(record));
    } else this.#untold++;
  }

  /** Says how many were not told of one by one; to be called once a second, and at the end. */
  flush(): void {
    if (this.#untold > 0) {
      this.#log.debug(`… and ${this.#untold} more requests failed: TRACE tells of each`);
    }
    this.#told = this.#untold = 0;
  }

  #sentence(record: RequestRecord): string {
    const { creditId, phase, urlIndex, redirection, endAfterNs } = record;
    const place = this.#urls[urlIndex] ?? `server ${urlIndex}`;
    const way = redirection === undefined ? "" : `, redirected to ${redirection.to},`;
    const after = endAfterNs === null ? "" : ` after ${(endAfterNs / 1e6).toFixed(1)} ms`;
    const what = `Request ${creditId} (${phase}) to ${place}${way} ${END_OF[record.outcome]}`;
    return `${what}${after}${reasonOf(record)}`;
  }
}

const END_OF = {
  success: "succeeded",
  error: "failed",
  cancelled: "was cut off",
  lost: "was lost",
} as const satisfies Record<RequestRecord["outcome"], string>;

function hasFailed({ outcome }: RequestRecord): boolean {
  return outcome === "error" || outcome === "lost";
}

function reasonOf({ error, httpStatus }: RequestRecord): string {
  if (error === null) return "";
  const { code, type, message } = error;
  const status = httpStatus !== null && httpStatus !== code ? ` (HTTP ${httpStatus})` : "";
  return `: ${code === null ? "" : `${code} `}${type}${status}: ${message}`;
}
