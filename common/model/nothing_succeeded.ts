import type { RunReport } from "./report.ts";

/** What is said of a run without a success, with the error that most of its requests had. */
export function whyNothingSucceeded(
  { account, errors }: Pick<RunReport, "account" | "errors">,
): string {
  if (account.issued === 0) return "no request was sent, as none was due before the end";
  const first = errors[0]?.error;
  const why = first ? `; most often: ${first.type}: ${first.message}` : "";
  return `no request succeeded (of ${account.issued})${why}`;
}
