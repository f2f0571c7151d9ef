/** The memory of a process at one moment of a run. */
export interface MemorySample {
  readonly pid: number;
  readonly service: string;
  readonly rssBytes: number;
  /** How much of the run was done, from 0 to 1. */
  readonly progress: number;
}

/** How the memory of a process went over a run, in MiB. */
export interface Growth {
  readonly service: string;
  /** Middle value from the first tenth to the third. */
  readonly earlyMib: number;
  /** Middle value of the last two tenths. */
  readonly lateMib: number;
  readonly mostMib: number;
  /** How much of the growth is what the service is there to keep. */
  readonly keptMib: number;
  readonly isFlat: boolean;
}

const MIB = 1024 * 1024;

/** What a garbage collector may let grow without any leak. */
const SLACK_RATIO = 0.15;
const SLACK_MIB = 12;

/**
 * What a service keeps of every request on purpose, in bytes of memory: five instants, by which it is
 * proved that the load was kept.
 */
const KEPT_BYTES: Readonly<Record<string, number>> = { post_processor_manager: 40 };

/** Whether the memory of each process was flat after the first tenth of a run of `requests`. */
export function judge(samples: readonly MemorySample[], requests: number): Growth[] {
  const byPid = Map.groupBy(samples, ({ pid }) => pid);
  return [...byPid.values()].map((own) => {
    const between = (from: number, to: number) =>
      middle(
        own.filter(({ progress }) => progress >= from && progress < to)
          .map(({ rssBytes }) => rssBytes / MIB),
      );
    const earlyMib = between(0.1, 0.3);
    const lateMib = between(0.8, Infinity);
    const mostMib = Math.max(...own.map(({ rssBytes }) => rssBytes / MIB));
    const { service } = own.at(-1)!;
    // From the middle of the early part to the middle of the late one: 0.7 of the run.
    const keptMib = 0.7 * requests * (KEPT_BYTES[service] ?? 0) / MIB;
    const allowedMib = Math.max(SLACK_MIB, earlyMib * SLACK_RATIO) + keptMib;
    return {
      service,
      earlyMib,
      lateMib,
      mostMib,
      keptMib,
      isFlat: lateMib - earlyMib <= allowedMib,
    };
  });
}

/** NaN, and so never flat, when there is nothing. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
