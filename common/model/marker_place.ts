/** Where a session's marker goes, if there is one. */
export const CACHE_BUSTS = [
  "none",
  "system_prefix",
  "system_suffix",
  "first_turn_prefix",
  "first_turn_suffix",
] as const;

/** Where a session's marker goes: into the system prompt or the first turn, at which end. */
export type CacheBust = typeof CACHE_BUSTS[number];
