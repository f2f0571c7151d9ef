/** Thrown when the servers are not ready in time; the message is for the terminal. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
}
