/** What the requests of a conversation hold of the answers to the turns before them. */
export const HISTORIES = ["server", "none", "dataset"] as const;
