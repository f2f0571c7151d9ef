import { shellQuote } from "../../common/cli/shell_quote.ts";
import { LARGEST_BUCKET_ERROR } from "../../common/stats/bucket_sketch.ts";
import type { CreditAccount, ErrorCount, WarmupReport } from "../../common/model/report.ts";
import type { RunEnd } from "../../common/model/run_ending.ts";
import { errorAdvice } from "./error_advice.ts";
import type { TokenCountSource } from "./metrics/token_counts.ts";
import { truncate } from "./exporters/plain_text.ts";
import {
  MOST_EXACT_PIECES,
  MOST_EXACT_REQUESTS,
  type RedirectedRequests,
  type StreamFacts,
} from "./phase_metrics.ts";
import { DISCREPANCY_PERCENT } from "./metrics/usage_metrics.ts";

const BUCKET_PERCENT = (100 * LARGEST_BUCKET_ERROR).toFixed(1);

/** From so many tokens a chunk on, the reader is told. */
const BUNDLED_TOKENS = 1.25;

/** Of a longer message of a server a warning shows the beginning. */
const LONGEST_MESSAGE = 200;

/** What the warnings of a report depend on. */
export interface WarningFacts {
  readonly account: CreditAccount;
  readonly errors: readonly ErrorCount[];
  readonly wasCancelled: boolean;
  readonly runEnd: Pick<RunEnd, "detail">;
  /** null when there was none. */
  readonly warmup: Pick<WarmupReport, "account" | "errors"> | null;
  /** `osl_mismatch_count`; null when no output length was requested. */
  readonly oslMismatches: number | null;
  /** `usage_discrepancy_count`; null when the server gave no usage. */
  readonly usageDiscrepancies: number | null;
  /** The mean of `tokens_per_chunk`; null without streams. */
  readonly tokensPerChunk: number | null;
  /** What died and was started again, one sentence each. */
  readonly restarts: readonly string[];
  /** What should be known of the data set, one sentence or two each. */
  readonly datasetNotes: readonly string[];
  readonly tokenCountSource: TokenCountSource;
  /** Successful requests whose server says that their answers, which have content, have 0 tokens. */
  readonly countedAsNothing: number;
  /** Successful requests whose output tokens nobody could count. */
  readonly uncounted: number;
  readonly streams: StreamFacts;
  /** What the streams of the API say at their end. */
  readonly streamEnd: string;
  readonly redirected: RedirectedRequests;
  /** Requests that the end of the run cut off, without those that were to be cancelled. */
  readonly cutOff: number;
  /** Those of them that had not been sent yet. */
  readonly calledOff: number;
  /** Whether percentiles come from buckets, for there were too many values to keep. */
  readonly isInBuckets: boolean;
}

/** What a reader of the numbers should know, one sentence or two each, the gravest first. */
export function warningsFor(facts: WarningFacts): string[] {
  const { account } = facts;
  const missing = account.issued - account.succeeded - account.failed - account.cancelled -
    account.lost;
  const orTooBusy = facts.restarts.length > 0 ? "" : " or was too busy to tell of them";
  return [
    account.issued > 0 && account.succeeded === 0 && noSuccess(account),
    facts.runEnd.detail !== null && facts.runEnd.detail,
    ...errorAdvice(facts.errors),
    missing > 0 &&
    `${requests(missing)} left no record: the results are not complete; see logs/aiperf.log.`,
    account.lost > 0 &&
    `${requests(account.lost)} got lost because a process died${orTooBusy}: see logs/aiperf.log.`,
    facts.warmup !== null && coldWarmup(facts.warmup),
    ...facts.restarts,
    ...facts.datasetNotes,
    facts.redirected.first !== null && redirected(facts.redirected, account.issued),
    facts.cutOff > 0 && cutOff(facts),
    facts.streams.openEnded > 0 &&
    `${facts.streams.openEnded} of ${facts.streams.all} streams ended without ${facts.streamEnd}: ` +
      "they may have been cut off. They count as successes.",
    facts.streams.bunched > 0 && facts.streams.bunched * 2 >= facts.streams.long &&
    bunched(facts.streams),
    facts.oslMismatches !== null && facts.oslMismatches > 0 &&
    oslMismatch(facts.oslMismatches, account.succeeded),
    facts.usageDiscrepancies !== null && facts.usageDiscrepancies > 0 &&
    usageDiscrepancy(facts.usageDiscrepancies, account.succeeded),
    facts.countedAsNothing > 0 && facts.tokenCountSource !== "client" &&
    countedAsNothing(facts),
    facts.tokensPerChunk !== null && facts.tokensPerChunk >= BUNDLED_TOKENS &&
    bundled(facts.tokensPerChunk),
    facts.uncounted > 0 &&
    `The server gave no token usage for ${facts.uncounted} of ${account.succeeded} requests: ` +
      "their token metrics are missing. --token-count-source auto counts such answers with the " +
      "tokenizer.",
    facts.isInBuckets &&
    `Percentiles over more than ${MOST_EXACT_REQUESTS.toLocaleString("en-US")} requests, or ` +
      `${MOST_EXACT_PIECES.toLocaleString("en-US")} pieces of answers, come from buckets and ` +
      `are less than ${BUCKET_PERCENT} % off; all other statistics are exact.`,
  ].filter((warning) => warning !== false);
}

function noSuccess({ issued, cancelled }: CreditAccount): string {
  if (cancelled === issued) return "Every request was cut off: there is nothing to measure.";
  return `No request of ${issued} succeeded: there is no latency and no throughput to report. ` +
    "See the errors for the cause.";
}

/** Who is not warm answers the first requests that count more slowly; false: it is. */
function coldWarmup({ account, errors }: Pick<WarmupReport, "account" | "errors">): string | false {
  const { issued, succeeded } = account;
  const failed = issued - succeeded - account.cancelled;
  if (failed === 0 && succeeded > 0) return false;
  const first = errors[0]?.error;
  const why = first ? `, most often by ${first.type}: ${shortened(first.message)}` : "";
  if (succeeded === 0) {
    return `The warm-up failed: none of its ${requests(issued)} succeeded${why}. The server was ` +
      "cold when the measurement began, and the first requests may show it. See " +
      "warmup_error_summary in the JSON export.";
  }
  return `The warm-up failed in part: ${failed} of its ${
    requests(issued)
  } did not succeed${why}. ` +
    "The server may not have been as warm as asked for when the measurement began. See " +
    "warmup_error_summary in the JSON export.";
}

function shortened(message: string): string {
  return truncate(message.replace(/\.$/, ""), LONGEST_MESSAGE);
}

function cutOff({ cutOff: count, calledOff, wasCancelled }: WarningFacts): string {
  const unsent = calledOff === 0 ? "" : `, ${calledOff} of them before being sent`;
  return `${
    requests(count)
  } had not ended when the run did and got cut off${unsent}. Such requests count ` +
    "neither as successes nor as errors" +
    (wasCancelled ? "." : "; a longer --benchmark-grace-period lets them finish.");
}

/** A redirect below 307 leaves nothing of a prompt. */
function redirected({ count, first }: RedirectedRequests, issued: number): string {
  const { status, to } = first!;
  const were = count === 1 ? "was" : "were";
  const loss = status < 307
    ? `A ${status} also makes a GET without a body of a POST, so the prompt is lost on the way. `
    : "";
  return `${count} of ${requests(issued)} ${were} redirected, the first by a ${status} to ${to}: ` +
    `their latencies hold the way there and back. ${loss}${optionsFor(to)} goes there at once.`;
}

/** Ready for a shell: the server chose the address. */
function optionsFor(address: string): string {
  const parts = /^(unix:[^:]+|\w+:\/\/[^/]+):?(\/.*)?$/.exec(address);
  const [server = address, path = "/"] = parts?.slice(1) ?? [];
  return shellQuote(["--url", server, "--endpoint", path]);
}

function oslMismatch(count: number, succeeded: number): string {
  const verb = count === 1 ? "is" : "are";
  return `${count} of ${succeeded} answers ${verb} not as long as requested (by more than 5 %, or ` +
    "50 tokens): the server ends answers by itself, which makes runs hard to compare. If it can, " +
    "make it go on with --extra-inputs ignore_eos:true or --extra-inputs min_tokens:N.";
}

function usageDiscrepancy(count: number, succeeded: number): string {
  return `For ${count} of ${succeeded} requests the server's token counts are over ` +
    `${DISCREPANCY_PERCENT} % away from ours: its tokenizer or chat template differs (the mock server ` +
    "counts words). Set --tokenizer to the model's own, or --token-count-source server.";
}

function countedAsNothing(facts: WarningFacts): string {
  const { countedAsNothing, account, tokenCountSource } = facts;
  const effect = tokenCountSource === "server"
    ? "their token metrics are wrong or missing. --token-count-source client counts such answers " +
      "with the tokenizer."
    : "the tokenizer counted such answers instead. --token-count-source client counts all of them " +
      "so.";
  return `The server's usage says 0 tokens for ${countedAsNothing} of ${account.succeeded} answers, ` +
    `which had content: it does not count, and ${effect}`;
}

function bunched({ bunched: count, long }: StreamFacts): string {
  return `${count} of ${long} streams came in bunches, several pieces of content at once: a proxy on ` +
    "the way may hold answers back (nginx: proxy_buffering off; HAProxy: option http-no-delay), " +
    "the server sends several at once (the mock server does without --mock-itl), or this machine was " +
    "too busy to send or read each by itself (see the verdict). Time to First Token and Inter Token " +
    "Latency are those of the bunches.";
}

function bundled(tokensPerChunk: number): string {
  return `A chunk of an answer holds ${tokensPerChunk.toFixed(1)} tokens on average: Inter Token ` +
    "Latency and Output Token Throughput Per User take the tokens of the first chunk for made after " +
    "it. chunk_adjusted_inter_token_latency in the exports does not.";
}

function requests(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
