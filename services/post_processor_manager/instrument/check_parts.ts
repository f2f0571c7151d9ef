import type { Finding, VerdictFacts } from "./finding.ts";
import { judge, type Threshold } from "./thresholds.ts";

/** What a check has found: a value that a threshold judges, and what to say if it is bad. */
export function reason(threshold: Threshold, value: number, text: string): Finding {
  return { check: threshold.check, level: judge(value, threshold), text };
}

/** The graver of two findings; the first when they are equal. */
export function worse(first: Finding, second: Finding): Finding {
  const order = ["VALID", "SUSPECT", "INVALID"];
  const gravity = (finding: Finding) => "level" in finding ? order.indexOf(finding.level) : -1;
  return gravity(second) > gravity(first) ? second : first;
}

/** More workers help only where a CPU is left for them, and there is more than a request for each. */
export function moreWorkers({ workers, machine, concurrency }: VerdictFacts): string {
  const more = Math.min(workers.length * 2, concurrency?.asked ?? Infinity);
  const { cpus, cpuShare } = machine ?? { cpus: Infinity, cpuShare: 0 };
  const hasRoom = more <= cpus && (1 - cpuShare) * cpus >= 1;
  if (more <= workers.length || !hasRoom) return "use a bigger machine";
  return `use --workers-max ${more} or a bigger machine`;
}

/** So many requests, in words. */
export function requests(n: number): string {
  return count(n, "request");
}

/** So many of something, in words. */
export function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

/** Milliseconds, for people. */
export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

/** 0 of nothing. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole * 100;
}
