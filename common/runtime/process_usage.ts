/** What a process has used so far. */
export interface ProcessUsage {
  /** CPU time of all its threads since it was started, in user and in system mode. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** In the runtime, but not in its types; in microseconds. */
const deno = Deno as typeof Deno & { cpuUsage(): { user: number; system: number } };

/** What this process has used so far; asking costs some 20 µs and needs no permission. */
export function processUsage(): ProcessUsage {
  const { user, system } = deno.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: Deno.memoryUsage().rss };
}
