import type { MetricSummary } from "../../common/model/report.ts";

/** By so much a latency from the schedule has to exceed the ordinary one to be shown beside it. */
export const SCHEDULE_GAP = { fraction: 0.05, ms: 1 } as const;

/** What of a metric decides whether and where it is shown. */
export type ConsoleMetric = Pick<MetricSummary, "tag" | "consoleOrder" | "stats">;

/** A latency that counts from the sending, and the same from the due time. */
interface LatencyPair {
  readonly tag: string;
  readonly fromSchedule: string;
  /** Where they stand in the table, the second right below the first. */
  readonly place: number;
  /** Told apart from this latency only where a model reasons: else its rows would say the same. */
  readonly besides?: string;
}

const PAIRS: readonly LatencyPair[] = [
  {
    tag: "time_to_first_token",
    fromSchedule: "time_to_first_token_from_schedule",
    place: 100,
  },
  {
    tag: "time_to_first_output_token",
    fromSchedule: "time_to_first_output_token_from_schedule",
    place: 110,
    besides: "time_to_first_token",
  },
  {
    tag: "request_latency",
    fromSchedule: "request_latency_from_schedule",
    place: 300,
  },
];

/**
 * The metrics that the console's table shows, from top to bottom.
 *
 * A latency from the schedule is there, right below the ordinary one, where it tells something: see
 * `tellsMore()`. An ordinary one that is not in the table otherwise comes with it.
 */
export function consoleMetrics<M extends ConsoleMetric>(metrics: readonly M[]): M[] {
  const places = new Map<string, number>();
  for (const { tag, consoleOrder } of metrics) {
    if (consoleOrder !== null) places.set(tag, consoleOrder);
  }
  const byTag = new Map<string, M>(metrics.map((metric) => [metric.tag, metric]));
  for (const pair of PAIRS) {
    if (!isShown(pair, byTag)) continue;
    places.set(pair.tag, pair.place);
    places.set(pair.fromSchedule, pair.place + 1);
  }
  return metrics.filter(({ tag }) => places.has(tag))
    .sort((a, b) => places.get(a.tag)! - places.get(b.tag)! || (a.tag < b.tag ? -1 : 1));
}

/**
 * Whether requests that left late make a latency look better than it was for who wanted to send when
 * the schedule says: from the due time, its median or its p99 is longer by more than 5 % and 1 ms.
 *
 * Both in milliseconds. A statistic that one of them does not have says nothing.
 */
export function tellsMore(
  ordinary: MetricSummary["stats"],
  fromSchedule: MetricSummary["stats"],
): boolean {
  return (["p50", "p99"] as const).some((name) => {
    const [usual = NaN, whole = NaN] = [ordinary[name], fromSchedule[name]];
    return whole - usual > SCHEDULE_GAP.ms && whole - usual > SCHEDULE_GAP.fraction * usual;
  });
}

function isShown(
  { tag, fromSchedule, besides }: LatencyPair,
  byTag: ReadonlyMap<string, ConsoleMetric>,
): boolean {
  const [ordinary, whole] = [byTag.get(tag), byTag.get(fromSchedule)];
  if (!ordinary || !whole || !tellsMore(ordinary.stats, whole.stats)) return false;
  const other = besides === undefined ? undefined : byTag.get(besides);
  return other === undefined || isDifferent(ordinary.stats, other.stats);
}

function isDifferent(a: MetricSummary["stats"], b: MetricSummary["stats"]): boolean {
  return (["avg", "p50", "p99"] as const).some((name) => a[name] !== b[name]);
}
