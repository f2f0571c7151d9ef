/** Exit codes: see the README. */
export const EXIT = { complete: 0, failed: 1, badInput: 2, interrupted: 130, terminated: 143 };

/** What is said with exit code 1 where a result could not be written to stdout. */
export function notOnStdout(problem: string): string {
  return `cannot write to stdout: ${problem}`;
}
