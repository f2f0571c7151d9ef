import { type ErrorDetails, NOT_STREAMED } from "../../common/model/record.ts";
import type { ErrorCount } from "../../common/model/report.ts";

/** What errors of this kind mean to whoever made the run, and the option that helps. */
interface Advice {
  is(error: ErrorDetails): boolean;
  readonly text: string;
}

const ALL: readonly Advice[] = [
  {
    is: (error) => isRefused(error) && /max_completion_tokens/.test(error.message),
    text: "The server does not take max_completion_tokens: --use-legacy-max-tokens sends " +
      "max_tokens in its place.",
  },
  {
    is: (error) => isRefused(error) && /stream_options/.test(error.message),
    text: "The server does not take stream_options, which ask a stream for its token counts: " +
      "--extra-inputs stream_options:null asks for none.",
  },
  {
    is: (error) =>
      isRefused(error) && /context (length|window)|maximum.{0,20}length/i.test(error.message),
    text:
      "Prompt and answer together are longer than the model takes: make them shorter, made-up " +
      "ones by --isl and --osl, those of a trace by --synthesis-max-isl and --synthesis-max-osl.",
  },
  {
    is: ({ code }) => code === 401 || code === 403,
    text: "The server wants to know who asks: --api-key gives it a key, -H a header of its own.",
  },
  {
    is: ({ code }) => code === 404 || code === 405,
    text: "The server does not know the path, or not the model: compare --url, --endpoint, " +
      "--endpoint-type and --model with what it serves.",
  },
  {
    is: ({ code }) => code === 429,
    text: "The server allows its clients only so much, and that is what was measured: a lower " +
      "--concurrency or --request-rate stays below it.",
  },
  {
    is: ({ message }) => message.startsWith(NOT_STREAMED),
    text: "The server does not stream where it was asked to: run without --streaming.",
  },
];

/** What the user can do about the errors of a run, a sentence for each kind that is known. */
export function errorAdvice(errors: readonly ErrorCount[]): string[] {
  return ALL.filter(({ is }) => errors.some(({ error }) => is(error))).map(({ text }) => text);
}

/** The server did not want the request itself. */
function isRefused({ code }: ErrorDetails): boolean {
  return code === 400 || code === 413 || code === 422;
}
