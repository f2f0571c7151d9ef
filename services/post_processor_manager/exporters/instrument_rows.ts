import type {
  ArrivalStats,
  DelayStats,
  InstrumentReport,
  ProcessHealth,
} from "../../../common/model/instrument.ts";
import { fixed } from "./number_text.ts";

/** A name and a value. */
export type Row = [name: string, value: string];

/** The proof of the load as names and values, for the CSV. */
export function instrumentRows(instrument: InstrumentReport): Row[] {
  const {
    verdict,
    reasons,
    unjudged,
    notes,
    lateness,
    arrivals,
    concurrency,
    prefill,
    cancellation,
    machine,
    connections,
  } = instrument;
  return [
    ["Verdict", verdict],
    ...reasons.map(({ check, level, text }): Row => [`${level}: ${check}`, text]),
    ...unjudged.map((what): Row => ["Not Judged", what]),
    ...notes.map((note): Row => ["Note", note]),
    ...(lateness === null ? [] : [
      ...delayRows("Schedule Lateness", lateness.total),
      ...delayRows("Issue", lateness.issue),
      ...delayRows("Hand-over", lateness.handOver),
      ...delayRows("Worker", lateness.worker),
      ...(lateness.slotWait === null ? [] : [
        ["Requests that Waited for a Slot", String(lateness.slotWait.requests)] as Row,
        ...delayRows("Slot Wait", lateness.slotWait),
      ]),
    ]),
    ["Arrival Pattern", arrivals.pattern],
    ["Requests Issued", String(arrivals.issued)],
    ["Requests Sent", String(arrivals.sent.count)],
    ["Requests without a Slot", String(arrivals.unsent)],
    ["Requests not Reached", String(arrivals.overdue)],
    ...numberRow("Rate Asked (requests/sec)", arrivals.askedRatePerSecond),
    ...numberRow("Mean Rate Asked (requests/sec)", arrivals.meanAskedRatePerSecond),
    ...arrivalRows("Scheduled", arrivals.scheduled),
    ...arrivalRows("Sent", arrivals.sent),
    ...(arrivals.steady === null ? [] : [
      ...arrivalRows("Scheduled after the Ramp", arrivals.steady.scheduled),
      ...arrivalRows("Sent after the Ramp", arrivals.steady.sent),
    ]),
    ...numberRow("Largest Gap Error (ms)", arrivals.largestGapErrorMs),
    ...(arrivals.moved === null ? [] : [
      ["Turns Moved by Answers", String(arrivals.moved.requests)] as Row,
      ...numberRow("Largest Move (ms)", arrivals.moved.maxMs),
    ]),
    ...(concurrency === null ? [] : [
      ...numberRow("Concurrency Asked", concurrency.asked),
      ...numberRow("Concurrency avg", concurrency.avg),
      ...numberRow("Concurrency avg while Full", concurrency.steady?.avg ?? null),
      ...numberRow("Concurrency max", concurrency.max),
    ]),
    ...(prefill === null ? [] : [
      ["Prefill Concurrency Asked", String(prefill.asked)] as Row,
      ["Prefill Concurrency max", String(prefill.max)] as Row,
    ]),
    ...percentRow("Limit Used while Requests Waited (%)", instrument.limitUse),
    ...(cancellation === null ? [] : [
      ["Requests to Be Cut Off", String(cancellation.asked)] as Row,
      ["Requests Cut Off", String(cancellation.cancelled)] as Row,
    ]),
    ...instrument.workers.flatMap(({ workerId, requests, health }) => [
      [`${workerId} Requests`, String(requests)] as Row,
      ...(health === null ? [] : healthRows(health)),
    ]),
    ...instrument.processes.flatMap(healthRows),
    ...(machine === null ? [] : [
      ...percentRow("Machine CPU (%)", machine.cpuShare),
      ...percentRow("Machine Stolen (%)", machine.stealShare),
      ["Connections Opened", String(machine.connectionsOpened)] as Row,
      ["Segments Resent", String(machine.segmentsResent)] as Row,
    ]),
    ...(connections === null ? [] : [
      ["Requests that Opened a Connection", String(connections.opened)] as Row,
      ["Requests on an Open Connection", String(connections.reused)] as Row,
      ["Reconnects", String(connections.reconnects)] as Row,
      ...connections.mostOpen === null
        ? []
        : [["Connections Open at Most", String(connections.mostOpen)] as Row],
      ["Requests without a Connection", String(connections.failed)] as Row,
      ...connections.opening === null ? [] : delayRows("Connect", connections.opening),
    ]),
    ["Requests without a Free Port", String(instrument.outOfPorts)],
    ["Requests without a Free File", String(instrument.outOfFiles)],
  ];
}

function delayRows(name: string, { avgMs, p50Ms, p90Ms, p99Ms, maxMs }: DelayStats): Row[] {
  const values = { avg: avgMs, p50: p50Ms, p90: p90Ms, p99: p99Ms, max: maxMs };
  return Object.entries(values).map(([stat, value]) => [`${name} ${stat} (ms)`, fixed(value)]);
}

function arrivalRows(name: string, { ratePerSecond, gapCv, ks, unevenGaps }: ArrivalStats): Row[] {
  return [
    ...numberRow(`${name} Rate (requests/sec)`, ratePerSecond),
    ...numberRow(`${name} Gap Variation`, gapCv),
    ...(ks === null ? [] : [
      [`${name} Kolmogorov-Smirnov Distance`, ks.distance.toFixed(4)] as Row,
      [`${name} Kolmogorov-Smirnov p`, ks.pValue.toFixed(4)] as Row,
    ]),
    ...percentRow(`${name} Uneven Gaps (%)`, unevenGaps === null ? null : unevenGaps.share),
  ];
}

function healthRows({ serviceId, cpuShare, lag, maxRssBytes }: ProcessHealth): Row[] {
  return [
    ...percentRow(`${serviceId} CPU (%)`, cpuShare),
    [`${serviceId} Memory (MB)`, fixed(maxRssBytes / 1e6)],
    ...(lag === null ? [] : [
      [`${serviceId} Event-loop Lag p50 (ms)`, fixed(lag.p50Ms)] as Row,
      [`${serviceId} Event-loop Lag p99 (ms)`, fixed(lag.p99Ms)] as Row,
      [`${serviceId} Event-loop Lag max (ms)`, fixed(lag.maxMs)] as Row,
    ]),
  ];
}

function percentRow(name: string, share: number | null): Row[] {
  return numberRow(name, share === null ? null : share * 100);
}

function numberRow(name: string, value: number | null): Row[] {
  return value === null ? [] : [[name, fixed(value)]];
}
