/** When a connection serves more than one request. */
export const REUSE_STRATEGIES = ["pooled", "never", "sticky-user-sessions"] as const;

/** The versions of HTTP that can be spoken. */
export const HTTP_VERSIONS = ["1.1", "2"] as const;
