/** What a process has used so far. */
export interface ProcessUsage {
  /** CPU time of all its threads since it was started, in user and in system mode. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** What this process has used so far; asking costs some 20 µs and needs no permission. */
export function processUsage(): ProcessUsage {
  const { user, system } = Deno.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: Deno.memoryUsage().rss };
}
