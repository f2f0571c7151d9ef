import { assert, assertEquals } from "@std/assert";
import { flagsOf } from "../../../common/cli/flags.ts";
import { errorAdvice } from "../../../services/post_processor_manager/error_advice.ts";
import { reportOn } from "../../helpers/metrics_of.ts";
import { failedRecordOf } from "../../helpers/records.ts";

function adviceOn(code: number, message: string): string[] {
  return errorAdvice([{ error: { code, type: "any", message }, count: 1 }]);
}

/** Errors as servers give them, and the option that the advice must name; null: there is none. */
const ERRORS: readonly (readonly [code: number, message: string, option: string | null])[] = [
  [400, "Unsupported parameter: 'max_completion_tokens'", "--use-legacy-max-tokens"],
  [422, "body.max_completion_tokens: Extra inputs are not permitted", "--use-legacy-max-tokens"],
  [400, "Unrecognized request argument supplied: stream_options", "stream_options:null"],
  [400, "This model's maximum context length is 4096 tokens. However, you requested", "--isl"],
  [413, "the context window is exceeded", "--synthesis-max-isl"],
  [401, "Incorrect API key provided", "--api-key"],
  [403, "Forbidden", "--api-key"],
  [404, "The model `x` does not exist.", "--model"],
  [404, "Not Found", "--endpoint-type"],
  [405, "Method Not Allowed", "--endpoint"],
  [429, "Rate limit reached", "--request-rate"],
  [
    502,
    "a stream was asked for, but the server answered with one JSON body",
    "without --streaming",
  ],
  [500, "max_completion_tokens of a worker that crashed", null],
  [503, "Service Unavailable", null],
  [499, "the run ended before the answer was complete", null],
];

for (const [code, message, option] of ERRORS) {
  Deno.test(`advice on ${code} ${message}`, () => {
    const advice = adviceOn(code, message);
    assertEquals(advice.length, option === null ? 0 : 1);
    assert(option === null || advice[0]!.includes(option), advice[0]);
    for (const [flag] of advice.join().matchAll(/--[a-z-]+/g)) {
      assert(flagsOf("profile").has(flag), flag);
    }
  });
}

Deno.test("each kind of error is told of once, however many errors there are", () => {
  const error = (code: number, message: string) => ({
    error: { code, type: "", message },
    count: 9,
  });
  const advice = errorAdvice([error(401, "a"), error(429, "b"), error(403, "c")]);
  assertEquals(advice.length, 2);
});

Deno.test("the advice is among the warnings of a report", () => {
  const { warnings } = reportOn([
    failedRecordOf({ error: { code: 429, type: "Too Many Requests", message: "slow down" } }),
  ]);
  assert(
    warnings.some((warning) => warning.startsWith("The server allows its clients only so much")),
  );
});
