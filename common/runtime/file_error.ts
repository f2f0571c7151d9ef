const PLAIN_WORDS: Readonly<Record<string, string>> = {
  NotFound: "no such file",
  IsADirectory: "it is a folder",
  NotADirectory: "a part of the path is no folder",
  PermissionDenied: "permission denied",
  NotCapable: "permission denied",
};

/** Why a file could not be read or written, in words that follow its name. */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return PLAIN_WORDS[error.name] ?? error.message.replace(/ \(os error \d+\).*/s, "");
}

/** Whether a file, or a folder on the way to it, is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}
