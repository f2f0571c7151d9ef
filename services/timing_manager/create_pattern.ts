import type { PhasePlan } from "../../common/model/run_config.ts";
import { createSchedule } from "./arrivals.ts";
import { ClosedLoop } from "./closed_loop.ts";
import { FixedSchedule } from "./fixed_schedule.ts";
import { OpenLoop } from "./open_loop.ts";
import { type Outlines, SINGLE_TURNS } from "./outlines.ts";
import type { Pattern } from "./pattern.ts";
import {
  createEarlySampler,
  type EarlySamplingPlan,
  sessionsWithoutWrap,
} from "./early_sampler.ts";
import { SessionSource } from "./sessions.ts";
import { Slots } from "./slots.ts";
import { Trace } from "./trace.ts";
import type { TraceStarts } from "./trace_starts.ts";
import { UserCentric } from "./user_centric.ts";

/** What a pattern is made from. */
export interface PatternOptions {
  readonly plan: PhasePlan;
  readonly dataset: EarlySamplingPlan;
  readonly outlines: Outlines;
  /** When the conversations begin; null: no fixed schedule is asked for. */
  readonly starts: TraceStarts | null;
  /** When the phase starts, in nanoseconds since the run's epoch. */
  readonly startNs: number;
  /** Called when a session can be started that could not before. */
  onReady(): void;
}

/** A pattern, where its sessions come from, and how many of them may go on at the same time. */
export interface PatternParts {
  readonly pattern: Pattern;
  readonly sessions: SessionSource;
  /** null: no limit. */
  readonly slots: Slots | null;
}

/** Makes the pattern of a phase; throws a TraceError when a data set has no timestamps. */
export function createPattern(options: PatternOptions): PatternParts {
  const { plan, dataset, startNs } = options;
  const { load, phase } = plan;
  const limit = plan.maxSessions ?? Infinity;
  switch (load.kind) {
    case "closed": {
      const sessions = sampledSessions(options, limit);
      const slots = slotsOf(load.concurrency, load.concurrencyRampMs, startNs);
      return { pattern: new ClosedLoop(sessions), sessions, slots };
    }
    case "open": {
      const sessions = sampledSessions(options, limit);
      const schedule = createSchedule({ load, startNs, phase, seed: dataset.seed });
      const slots = slotsOf(load.concurrencyCap, load.concurrencyRampMs, startNs);
      return { pattern: new OpenLoop(sessions, schedule), sessions, slots };
    }
    case "user_centric": {
      const sessions = sampledSessions(options, limit);
      return { pattern: new UserCentric(sessions, load, startNs), sessions, slots: null };
    }
    case "fixed_schedule": {
      const { outlines, onReady } = options;
      const trace = new Trace(options.starts!, load);
      const sessions = new SessionSource({
        choose: (index) => trace.conversationAt(index),
        chooseAhead: null,
        whenMore: () => trace.whenMore(),
        outlines,
        limit: () => Math.min(limit, trace.length),
        onReady,
      });
      const slots = slotsOf(load.concurrencyCap, load.concurrencyRampMs, startNs);
      return { pattern: new FixedSchedule(sessions, trace, startNs), sessions, slots };
    }
  }
}

function sampledSessions({ plan, dataset, outlines, onReady }: PatternOptions, limit: number) {
  const { phase } = plan;
  return new SessionSource({
    choose: createEarlySampler(dataset, phase),
    whenMore: () => dataset.known?.whenMore() ?? Promise.resolve(),
    chooseAhead: outlines === SINGLE_TURNS ? null : createEarlySampler(dataset, phase),
    outlines,
    limit: () => Math.min(limit, sessionsWithoutWrap(dataset)),
    onReady,
  });
}

function slotsOf(limit: number | null, rampMs: number, startNs: number): Slots | null {
  return limit === null ? null : new Slots({ limit, rampMs, startNs });
}
