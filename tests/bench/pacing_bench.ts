import type { Channel } from "../../common/comms/channel.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import type { Credit } from "../../common/model/credit.ts";
import { type Alarm, ThreadAlarm, TimerAlarm } from "../../common/runtime/alarm.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { CreditLedger } from "../../services/timing_manager/credit_ledger.ts";
import { leadOf } from "../../services/timing_manager/lead.ts";
import { TimerPacer } from "../../services/timing_manager/pacer.ts";
import { PhaseRunner } from "../../services/timing_manager/phase_runner.ts";
import { fullWayOf } from "../../services/timing_manager/way_out.ts";
import { openLoad, phasePlanOf } from "../helpers/phase_plan.ts";

/** How late credits went out, in microseconds after they were due; negative: ahead. */
export interface Lateness {
  count: number;
  p50Us: number;
  p99Us: number;
  maxUs: number;
}

/** What pacing at one rate was like. */
export interface PacingResult {
  ratePerSecond: number;
  /** When credits left the timing manager's hands. */
  issued: Lateness;
  /** When they were decoded in another process; null without a socket. */
  arrived: Lateness | null;
  /** Processor time of the pacing process, in percent of one core. */
  cpuPercent: number;
}

/** What to measure. */
export interface PacingOptions {
  ratePerSecond: number;
  seconds: number;
}

/** The floor: an alarm that is set from due time to due time, and nothing else. */
async function measureAlarm(
  Kind: typeof ThreadAlarm | typeof TimerAlarm,
  { ratePerSecond, seconds }: PacingOptions,
): Promise<Lateness> {
  const clock = new SystemClock(Date.now());
  const latenessUs: number[] = [];
  const done = Promise.withResolvers<void>();
  const startNs = clock.nowNs() + 100e6;
  const dueNs = () => startNs + latenessUs.length * 1e9 / ratePerSecond;
  const alarm: Alarm = new Kind(clock, () => {
    for (let nowNs = clock.nowNs(); dueNs() <= nowNs; nowNs = clock.nowNs()) {
      latenessUs.push((nowNs - dueNs()) / 1e3);
    }
    if (latenessUs.length >= ratePerSecond * seconds) done.resolve();
    else alarm.set(dueNs());
  });
  alarm.set(startNs);
  await done.promise;
  alarm.close();
  return summarize(latenessUs);
}

/** Paces credits that go nowhere and come back at once. */
async function measureIdlePacing(options: PacingOptions): Promise<PacingResult> {
  const clock = new SystemClock(Date.now());
  const { issued, cpuPercent } = await pace(options, clock, (credit, returned) => {
    returned(credit);
  });
  return { ratePerSecond: options.ratePerSecond, issued, arrived: null, cpuPercent };
}

/** Paces credits through a Unix socket to another process, which sends each back at once. */
async function measureSocketPacing(options: PacingOptions): Promise<PacingResult> {
  const folder = await Deno.makeTempDir();
  const epochUnixMs = Date.now();
  const connected = Promise.withResolvers<Channel>();
  const listener = new UnixTransport(folder).listen("pacing", connected.resolve);
  const peer = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("./pacing_peer.ts", import.meta.url).pathname,
      folder,
      `${epochUnixMs}`,
    ],
    stdout: "piped",
  }).spawn();
  try {
    const channel = await connected.promise;
    let returned: (credit: Credit) => void = () => {};
    channel.receive((message) => {
      if (message.type === "credit_return") {
        returned({ id: message.creditReturn.creditId } as Credit);
      }
    }, (problem) => {
      throw problem;
    });
    const { issued, cpuPercent } = await pace(
      options,
      new SystemClock(epochUnixMs),
      (credit, back) => {
        returned = back;
        return channel.send({ type: "credit", credit });
      },
    );
    await channel.close();
    const { stdout } = await peer.output();
    const arrived = summarize(JSON.parse(new TextDecoder().decode(stdout)));
    return { ratePerSecond: options.ratePerSecond, issued, arrived, cpuPercent };
  } finally {
    listener.close();
    await Deno.remove(folder, { recursive: true });
  }
}

type Issue = (credit: Credit, returned: (credit: Credit) => void) => Promise<void> | void;

async function pace(
  { ratePerSecond, seconds }: PacingOptions,
  clock: SystemClock,
  issue: Issue,
): Promise<{ issued: Lateness; cpuPercent: number }> {
  const plan = phasePlanOf({
    load: openLoad(ratePerSecond),
    maxDurationMs: seconds * 1e3,
    graceMs: 1_000,
  });
  const latenessUs: number[] = [];
  const returned = ({ id }: Credit) =>
    void runner.onReturn({ creditId: id, phase: "profiling", outcome: "success" });
  const runner = new PhaseRunner({
    plan,
    dataset: { entries: 100, sampling: "sequential", seed: 1 },
    lead: leadOf(plan),
    ledger: new CreditLedger(),
    ports: {
      clock,
      pacer: new TimerPacer(clock),
      issue(credit) {
        latenessUs.push((credit.issuedNs - credit.dueNs) / 1e3);
        const sent = issue(credit, returned) ?? undefined;
        return fullWayOf({ sent, taken: undefined });
      },
      cancelInFlight() {},
    },
  });
  const cpuBefore = await cpuSeconds();
  const startNs = clock.nowNs();
  await runner.run(startNs);
  const wallSeconds = (clock.nowNs() - startNs) / 1e9;
  const cpuPercent = (await cpuSeconds() - cpuBefore) / wallSeconds * 100;
  return { issued: summarize(latenessUs), cpuPercent };
}

async function cpuSeconds(): Promise<number> {
  const { user, system } = (await import("node:process")).cpuUsage();
  return (user + system) / 1e6;
}

function summarize(latenessUs: number[]): Lateness {
  const sorted = latenessUs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { count: sorted.length, p50Us: at(0.5), p99Us: at(0.99), maxUs: at(1) };
}

if (import.meta.main) {
  const log = (result: unknown) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(result)}\n`));
  for (const ratePerSecond of [200, 1_000, 5_000]) {
    log(await measureAlarm(TimerAlarm, { ratePerSecond, seconds: 4 }));
    log(await measureAlarm(ThreadAlarm, { ratePerSecond, seconds: 4 }));
    log(await measureIdlePacing({ ratePerSecond, seconds: 4 }));
    log(await measureSocketPacing({ ratePerSecond, seconds: 4 }));
  }
}
