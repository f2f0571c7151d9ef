import type { MachineHealth } from "../../common/model/instrument.ts";

/** What the kernel counts; CPU times in ticks, of all CPUs together. */
export interface MachineCounters {
  readonly cpus: number;
  readonly busyTicks: number;
  readonly stealTicks: number;
  readonly allTicks: number;
  readonly connectionsOpened: number;
  readonly segmentsResent: number;
}

/**
 * Reads what Linux says in `/proc/stat` followed by `/proc/net/snmp`.
 *
 * null when something is missing that should be there.
 */
export function parseCounters(text: string): MachineCounters | null {
  const lines = text.split("\n");
  const ticks = numbersAfter(lines.find((line) => line.startsWith("cpu ")));
  const [names, values] = lines.filter((line) => line.startsWith("Tcp:"));
  if (ticks.length < 8 || names === undefined || values === undefined) return null;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = ticks as EightNumbers;
  const busyTicks = user + nice + system + irq + softirq;
  const tcpNames = names.split(/\s+/).slice(1);
  const tcpValues = numbersAfter(values);
  const tcp = (name: string) => tcpValues[tcpNames.indexOf(name)];
  const connectionsOpened = tcp("ActiveOpens");
  const segmentsResent = tcp("RetransSegs");
  if (connectionsOpened === undefined || segmentsResent === undefined) return null;
  return {
    cpus: lines.filter((line) => /^cpu\d/.test(line)).length,
    busyTicks,
    stealTicks: steal,
    allTicks: busyTicks + idle + iowait + steal,
    connectionsOpened,
    segmentsResent,
  };
}

/** How the machine was between two readings; null when there are none, or no time is between. */
export function machineBetween(
  before: MachineCounters | null,
  after: MachineCounters | null,
): MachineHealth | null {
  if (before === null || after === null) return null;
  const ticks = after.allTicks - before.allTicks;
  if (ticks <= 0) return null;
  return {
    cpus: after.cpus,
    cpuShare: (after.busyTicks - before.busyTicks) / ticks,
    stealShare: (after.stealTicks - before.stealTicks) / ticks,
    connectionsOpened: after.connectionsOpened - before.connectionsOpened,
    segmentsResent: after.segmentsResent - before.segmentsResent,
  };
}

type EightNumbers = [number, number, number, number, number, number, number, number];

function numbersAfter(line: string | undefined): number[] {
  return (line ?? "").trim().split(/\s+/).slice(1).map(Number);
}
