/**
 * Why something is aborted where nobody reads it: without any reason the runtime makes an exception
 * with a stack, every time.
 */
export const UNREAD_REASON = "nobody reads this";
