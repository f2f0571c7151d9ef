/** How one of several models is chosen for a request. */
export const MODEL_STRATEGIES = ["round_robin", "random", "weighted"] as const;
