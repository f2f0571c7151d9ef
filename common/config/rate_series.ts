import type { RatePoint } from "../model/run_config.ts";
import { convertAll, quote, Refusal } from "./problem.ts";

/** Names that a time and a rate may have in a table or an object. */
const TIME_NAMES = ["time", "time_s", "t"];
const RATE_NAMES = ["rate", "qps", "request_rate"];

/**
 * Reads a rate over time: lines of `time,rate` (a line of names above them is fine), a JSON object
 * `{"time": 0, "rate": 5}` on each line, or one JSON object `{"points": [{"time_s": 0, "qps": 5}]}`.
 *
 * Times are seconds after the start of the phase and must not fall; two points at one time are a
 * step. Rates are requests per second. A first point after 0 holds from 0 on. Throws a Refusal that
 * names every line that cannot be used.
 */
export function parseRateSeries(text: string): RatePoint[] {
  const points = convertAll(rowsOf(text), readRow);
  if (points.length === 0) throw new Refusal("holds no points");
  for (const [i, { atMs }] of points.entries()) {
    if (i > 0 && atMs < points[i - 1]!.atMs) {
      throw new Refusal(
        `goes back in time: ${atMs / 1000} s after ${points[i - 1]!.atMs / 1000} s`,
      );
    }
  }
  if (points[0]!.atMs > 0) points.unshift({ ...points[0]!, atMs: 0 });
  if (points.at(-1)!.atMs === 0) throw new Refusal("must reach beyond 0 s");
  if (points.every(({ ratePerSecond }) => ratePerSecond === 0)) {
    throw new Refusal("has a rate of 0 all the time");
  }
  return points;
}

/** A row and how a message names it. */
interface Row {
  readonly place: string;
  readonly cells: readonly unknown[];
}

function rowsOf(text: string): Row[] {
  const whole = /^\s*\{\s*"points"/.test(text) ? pointsOf(text) : null;
  if (whole !== null) {
    return whole.map((point, i) => ({ place: `point ${i + 1}`, cells: cellsOf(point) }));
  }
  return text.split(/\r?\n/).flatMap((line, i) => {
    const isNames = i === 0 && !/\d/.test(line);
    if (line.trim() === "" || line.startsWith("#") || isNames) return [];
    const cells = line.trim().startsWith("{") ? cellsOf(parse(line)) : line.split(",");
    return [{ place: `line ${i + 1}`, cells }];
  });
}

function pointsOf(text: string): unknown[] | null {
  const whole = parse(text);
  if (typeof whole !== "object" || whole === null || !("points" in whole)) {
    throw new Refusal("is not valid JSON");
  }
  return Array.isArray(whole.points) ? whole.points : [];
}

function cellsOf(point: unknown): unknown[] {
  if (typeof point !== "object" || point === null) return [];
  const fields = point as Record<string, unknown>;
  const valueOf = (names: readonly string[]) => fields[names.find((name) => name in fields) ?? ""];
  return [valueOf(TIME_NAMES), valueOf(RATE_NAMES)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readRow({ place, cells }: Row): RatePoint {
  const [time, rate] = cells.map((cell) =>
    typeof cell === "string" && cell.trim() !== "" ? Number(cell) : cell
  );
  if (cells.length !== 2 || !isAmount(time) || !isAmount(rate)) {
    const shown = cells.length === 0 ? "something else" : quote(cells.map(String).join(","));
    throw new Refusal(`${place}: must be a time and a rate of at least 0, got ${shown}`);
  }
  return { atMs: time * 1000, ratePerSecond: rate };
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Infinity;
}
