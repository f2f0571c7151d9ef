/** Thrown for what a peer sent and this version of aiperf cannot use; says what is wrong with it. */
export class BadMessageError extends TypeError {
  override readonly name = "BadMessageError";

  /** `raw`: what was sent; it may hold a secret, so the message must not quote from it. */
  constructor(message: string, readonly raw: unknown) {
    super(message);
  }
}
