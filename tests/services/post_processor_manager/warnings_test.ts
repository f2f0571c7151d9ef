import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import {
  CALLED_OFF_AT_END,
  CUT_OFF_AT_END,
  type ErrorDetails,
} from "../../../common/model/record.ts";
import {
  type WarningFacts,
  warningsFor,
} from "../../../services/post_processor_manager/warnings.ts";
import type { TokenCountSource } from "../../../services/post_processor_manager/metrics/token_counts.ts";
import type { CreditAccount } from "../../../common/model/report.ts";
import { reportOn } from "../../helpers/metrics_of.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";

const FINE: WarningFacts = {
  account: { issued: 10, succeeded: 10, failed: 0, cancelled: 0, lost: 0 },
  errors: [],
  wasCancelled: false,
  runEnd: { detail: null },
  warmup: null,
  oslMismatches: 0,
  usageDiscrepancies: 0,
  tokensPerChunk: null,
  restarts: [],
  datasetNotes: [],
  tokenCountSource: "auto",
  countedAsNothing: 0,
  uncounted: 0,
  streams: { all: 10, openEnded: 0, long: 10, bunched: 0 },
  streamEnd: "[DONE]",
  redirected: { count: 0, first: null },
  cutOff: 0,
  calledOff: 0,
  isInBuckets: false,
};

Deno.test("a run with nothing wrong has no warnings", () => {
  assertEquals(warningsFor(FINE), []);
  assertEquals(warningsFor({ ...FINE, oslMismatches: null, usageDiscrepancies: null }), []);
  assertEquals(reportOn([recordOf()]).warnings, []);
});

Deno.test("each trouble has its warning, the gravest first", () => {
  const account = { issued: 20, succeeded: 0, failed: 12, cancelled: 1, lost: 2 };
  const warnings = warningsFor({
    account,
    errors: [{ error: { code: 401, type: "Unauthorized", message: "No key" }, count: 12 }],
    wasCancelled: true,
    runEnd: { detail: "The run was interrupted by SIGINT." },
    warmup: { account: { issued: 3, succeeded: 2, failed: 1, cancelled: 0, lost: 0 }, errors: [] },
    oslMismatches: 3,
    usageDiscrepancies: 4,
    tokensPerChunk: 4,
    restarts: ["The records_manager died and was started again."],
    datasetNotes: ["2 lines of a.jsonl could not be used and were left out."],
    tokenCountSource: "auto",
    countedAsNothing: 6,
    uncounted: 5,
    streams: { all: 9, openEnded: 7, long: 8, bunched: 4 },
    streamEnd: "[DONE]",
    redirected: { count: 8, first: { status: 308, to: "https://one.test/v1/chat/completions" } },
    cutOff: 1,
    calledOff: 0,
    isInBuckets: true,
  });
  const expected = [
    /^No request of 20 succeeded/,
    /^The run was interrupted/,
    /^The server wants to know who asks: /,
    /^5 requests left no record/,
    /^2 requests got lost because a process died: see/,
    /^The warm-up failed in part: 1 of its 3 requests did not succeed\. /,
    /^The records_manager died/,
    /^2 lines of a\.jsonl/,
    /^8 of 20 requests were redirected, the first by a 308 to https:\/\/one\.test\/v1\/chat\/completions: /,
    /^1 request had not ended when the run did and got cut off\. .* errors\.$/,
    /^7 of 9 streams ended without \[DONE\]: they may have been cut off\./,
    /^4 of 8 streams came in bunches, several pieces of content at once: .* proxy_buffering off.* --mock-itl.* this machine/,
    /--extra-inputs ignore_eos:true .* min_tokens/,
    /^For 4 of 0 requests the server's token counts are over 10 % away/,
    /^The server's usage says 0 tokens for 6 of 0 answers, which had content: .* client/,
    /^A chunk of an answer holds 4\.0 tokens on average: .* chunk_adjusted_inter_token_latency/,
    /no token usage for 5 of 0 .* --token-count-source auto/,
    /^Percentiles over more than 100,000 requests, .* buckets and are less than 0\.1 % off; .* exact\.$/,
  ];
  assertEquals(warnings.length, expected.length);
  expected.forEach((pattern, i) => assertMatch(warnings[i]!, pattern));
});

const REFUSED = { code: 503, type: "HTTPError", message: "Service Unavailable." };

const WARMUPS: [what: string, account: CreditAccount, warning: RegExp | null][] = [
  ["that went well", { issued: 4, succeeded: 4, failed: 0, cancelled: 0, lost: 0 }, null],
  ["whose end cut some off", { issued: 4, succeeded: 3, failed: 0, cancelled: 1, lost: 0 }, null],
  [
    "of which one failed",
    { issued: 4, succeeded: 2, failed: 1, cancelled: 1, lost: 0 },
    /^The warm-up failed in part: 1 of its 4 requests did not succeed, most often by HTTPError: Service Unavailable\. /,
  ],
  [
    "of which some are lost or missing",
    { issued: 4, succeeded: 1, failed: 0, cancelled: 0, lost: 2 },
    /^The warm-up failed in part: 3 of its 4 requests did not succeed, /,
  ],
  [
    "that failed completely",
    { issued: 1, succeeded: 0, failed: 1, cancelled: 0, lost: 0 },
    /^The warm-up failed: none of its 1 request succeeded, most often by HTTPError: Service/,
  ],
  [
    "of which nothing was answered",
    { issued: 2, succeeded: 0, failed: 0, cancelled: 2, lost: 0 },
    /^The warm-up failed: none of its 2 requests succeeded, /,
  ],
];

for (const [what, account, warning] of WARMUPS) {
  Deno.test(`a warm-up ${what} ${warning ? "is warned of" : "is nothing to warn of"}`, () => {
    const warmup = { account, errors: [{ error: REFUSED, count: 1 }] };
    const warnings = warningsFor({ ...FINE, warmup });
    if (warning === null) assertEquals(warnings, []);
    else assertMatch(warnings[0]!, warning);
  });
}

Deno.test("requests that got lost though nothing was started again may be with who is too busy", () => {
  const account = { ...FINE.account, issued: 12, lost: 2 };
  assertMatch(
    warningsFor({ ...FINE, account })[0]!,
    /^2 requests got lost because a process died or was too busy to tell of them: see/,
  );
});

Deno.test("a cut-off by the end of the grace period names the option that lengthens it", () => {
  const account = { ...FINE.account, issued: 13, cancelled: 3 };
  assertMatch(
    warningsFor({ ...FINE, account, cutOff: 3 })[0]!,
    /^3 requests .* got cut off\. .* --benchmark-grace-period/,
  );
  assertMatch(
    warningsFor({ ...FINE, account, cutOff: 3, calledOff: 2 })[0]!,
    /^3 requests had not ended when the run did and got cut off, 2 of them before being sent\. Such/,
  );
});

Deno.test("a run in which nothing but cut-offs happened does not blame the server", () => {
  const account = { issued: 2, succeeded: 0, failed: 0, cancelled: 2, lost: 0 };
  assertMatch(warningsFor({ ...FINE, account })[0]!, /^Every request was cut off/);
});

Deno.test("a cancellation that was planned is nothing to warn of", () => {
  const type = "RequestCancellationError";
  const planned = { code: 499, type, message: "cut off 0.5 s after it was sent, as planned" };
  const cancelled = (error: ErrorDetails) => failedRecordOf({ outcome: "cancelled", error });
  assertEquals(reportOn([recordOf(), cancelled(planned)]).warnings, []);
  const [warning] = reportOn([recordOf(), cancelled(planned), cancelled(CUT_OFF_AT_END)]).warnings;
  assertMatch(warning!, /^1 request had not ended when the run did/);
  const both = [CUT_OFF_AT_END, CALLED_OFF_AT_END].map(cancelled);
  assertMatch(reportOn([recordOf(), ...both]).warnings[0]!, /^2 requests had not ended/);
});

Deno.test("a server that counts 0 tokens is told of as such, and never advised", () => {
  const { usage, ...record } = recordOf({ text: { output: "a b c d e", reasoning: "" } });
  const zeros = { ...usage!, promptTokens: 0, completionTokens: 0, totalTokens: 0 };
  const records = [{ ...record, usage: zeros }, { ...record, usage, text: null }];
  const warned = (tokenCountSource: TokenCountSource) =>
    reportOn(records, { tokenCountSource }).warnings.join("\n");
  assertEquals(
    warned("auto"),
    "The server's usage says 0 tokens for 1 of 2 answers, which had content: it does not count, and " +
      "the tokenizer counted such answers instead. --token-count-source client counts all of them so.",
  );
  assertMatch(
    warned("server"),
    /0 tokens for 1 of 2 .* wrong or missing\. .*-source client counts/,
  );
  assertNotMatch(warned("server"), /--token-count-source server/);
  assertEquals(warned("client"), "");
  const { warnings, metrics } = reportOn(records.slice(0, 1));
  assertEquals(warnings.length, 1);
  const of = (tag: string) => metrics.find((metric) => metric.tag === tag)?.stats.avg;
  assertEquals(of("output_sequence_length"), 5);
  assertEquals(of("inter_token_latency"), 10);
  assertEquals(of("usage_completion_tokens"), 0);
});

Deno.test("streams that ended without a word of their end are counted and told of", () => {
  const records = [
    recordOf({ isOpenEnded: true }),
    recordOf(),
    recordOf({ streaming: false }),
    failedRecordOf(),
    recordOf({ phase: "warmup", isOpenEnded: true }),
  ];
  assertEquals(reportOn(records).warnings, [
    "1 of 2 streams ended without [DONE] or a finish_reason: they may have been cut off. They count " +
    "as successes.",
  ]);
});

Deno.test("redirected requests are counted, and the way around them is told", () => {
  const redirection = { status: 307, to: "http://one.test:8000/new/chat" };
  const records = [
    recordOf(),
    recordOf({ redirection }),
    failedRecordOf({ redirection: { status: 302, to: "http://two.test/" } }),
    recordOf({ phase: "warmup", redirection }),
  ];
  assertEquals(reportOn(records).warnings, [
    "2 of 3 requests were redirected, the first by a 307 to http://one.test:8000/new/chat: their " +
    "latencies hold the way there and back. --url http://one.test:8000 --endpoint /new/chat goes " +
    "there at once.",
  ]);
});

Deno.test("of requests that are redirected for ever no way around it is told", () => {
  const error = { code: null, type: "TooManyRedirects", message: "the server redirects for ever" };
  const redirection = { status: 308, to: "http://one.test/again" };
  const { warnings } = reportOn([recordOf(), failedRecordOf({ redirection, error })]);
  assertEquals(warnings.filter((one) => one.includes("redirected")), []);
});

for (
  const [to, options] of [
    ["http://one.test/login", "--url http://one.test --endpoint /login"],
    ["https://[::1]:8443/", "--url 'https://[::1]:8443' --endpoint /"],
    ["http://one.test/a;$(b)'c", `--url http://one.test --endpoint '/a;$(b)'\\''c'`],
    ["unix:/run/a.sock:/v1/chat", "--url unix:/run/a.sock --endpoint /v1/chat"],
  ] as const
) {
  Deno.test(`a redirect to ${to} that loses the prompt says so`, () => {
    const redirected = { count: 1, first: { status: 301, to } };
    assertEquals(warningsFor({ ...FINE, redirected }), [
      `1 of 10 requests was redirected, the first by a 301 to ${to}: their latencies hold the way ` +
      "there and back. A 301 also makes a GET without a body of a POST, so the prompt is lost on " +
      `the way. ${options} goes there at once.`,
    ]);
  });
}

Deno.test("the report warns of what its records show", () => {
  const short = recordOf({ requestedOutputTokens: 100 });
  assertMatch(reportOn([short, recordOf()]).warnings[0]!, /^1 of 2 answers is not as long/);
  const noUsage = recordOf({ usage: null });
  assertMatch(
    reportOn([noUsage], { tokenCountSource: "server" }).warnings[0]!,
    /^The server gave no token usage for 1 of 1/,
  );
  assertEquals(reportOn([noUsage], { tokenCountSource: "client" }).warnings, []);
  assertMatch(reportOn([failedRecordOf()]).warnings[0]!, /^No request of 1 succeeded/);
});

const BUNCHED = /^\d of \d streams came in bunches/;

Deno.test("streams that a proxy has held back are told of, from half of the long ones on", () => {
  const withPieces = (afterMs: readonly number[]) =>
    recordOf({ chunksAfterNs: afterMs.map((ms) => ms * 1e6), endAfterNs: 200e6 });
  const bunchesOf = (streams: readonly (readonly number[])[]) =>
    reportOn(streams.map(withPieces)).warnings
      .filter((text) => BUNCHED.test(text)).map((text) => text.split(" came")[0]);
  const even = [100, 110, 120, 130, 140];
  const held = [100, 100, 100.1, 130, 140, 150];
  const whole = [100, 100, 100, 100];
  assertEquals(bunchesOf([whole]), ["1 of 1 streams"]);
  assertEquals(bunchesOf([even, whole]), ["1 of 2 streams"]);
  assertEquals(bunchesOf([even, even, whole]), []);
  // Two of six came with the piece before: fewer than half.
  assertEquals(bunchesOf([held]), []);
  assertEquals(bunchesOf([[100, 100, 100.1, 100.2, 140, 150]]), ["1 of 1 streams"]);
  assertEquals(bunchesOf([[100, 100.2, 100.4, 100.6]]), []);
  assertEquals(bunchesOf([[100, 100, 100]]), []);
});
