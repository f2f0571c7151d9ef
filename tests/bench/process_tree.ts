/** A clock tick of `/proc`, in milliseconds. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** A process as `/proc` shows it (Linux only). */
export interface ProcessView {
  readonly pid: number;
  readonly parent: number;
  /** The kind of service, e.g. `worker`; `controller` for the first process. */
  readonly service: string;
  /** Processor time in user and system mode so far. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** A process and all that it has started, directly or not. */
export function processTree(root: number): ProcessView[] {
  const all = [...Deno.readDirSync("/proc")]
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name }) => viewOf(Number(name)) ?? []);
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** Sums up a number by service. */
export function byService(
  tree: readonly ProcessView[],
  numberOf: (view: ProcessView) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const view of tree) {
    sums.set(view.service, (sums.get(view.service) ?? 0) + numberOf(view));
  }
  return sums;
}

function viewOf(pid: number): ProcessView | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    return {
      pid,
      parent: fields[1]!,
      service: serviceOf(pid),
      cpuMs: (fields[11]! + fields[12]!) * TICK_MS,
      rssBytes: fields[21]! * PAGE_BYTES,
    };
  } catch {
    // It has ended in the meantime.
    return null;
  }
}

function serviceOf(pid: number): string {
  const [title = ""] = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  return /^aiperf ([a-z_]+?)(?:_[0-9a-f]{8})?$/.exec(title)?.[1] ?? title;
}
