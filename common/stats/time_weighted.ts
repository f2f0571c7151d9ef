/** Intervals of time: interval `i` is from `starts[i]` to `ends[i]`. */
export interface Intervals {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** A part of time. */
export interface TimeWindow {
  readonly from: number;
  /** After `from`. */
  readonly to: number;
}

/**
 * How many of the intervals are open on average over a window of time: the sum of what each covers
 * of the window, divided by the window.
 */
export function averageOpen({ starts, ends }: Intervals, { from, to }: TimeWindow): number {
  let covered = 0;
  for (let i = 0; i < starts.length; i++) {
    covered += Math.max(0, Math.min(ends[i]!, to) - Math.max(starts[i]!, from));
  }
  return covered / (to - from);
}

/** The most intervals that are open at once; one that ends as another starts makes room for it. */
export function maxOpen({ starts, ends }: Intervals): number {
  const sortedStarts = starts.toSorted();
  const sortedEnds = ends.toSorted();
  let ended = 0;
  let most = 0;
  for (let started = 0; started < sortedStarts.length; started++) {
    while (sortedEnds[ended]! <= sortedStarts[started]!) ended++;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
