/** What was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** An error of a connection, with the other side's name in front. */
export function namePeer(peer: string, error: Error): Error {
  return new Error(`${peer}: ${error.message}`, { cause: error });
}
