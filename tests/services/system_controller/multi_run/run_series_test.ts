import { NOT_STARTED } from "../../../../common/model/run_problems.ts";
import { assertEquals } from "@std/assert";
import type { Repetition } from "../../../../common/config/repetition.ts";
import type { RunSeries } from "../../../../common/model/run_series.ts";
import type { LaunchRequest, RunEnd } from "../../../../services/system_controller/launch.ts";
import {
  runSeries,
  seriesExitCode,
} from "../../../../services/system_controller/multi_run/run_series.ts";
import type { StopSignal } from "../../../../services/system_controller/outcome.ts";
import { FakeClock } from "../../../helpers/fake_clock.ts";
import { launchRequestOf } from "../../../helpers/launch_request.ts";
import { reportOf, throughputOf } from "../../../helpers/run_series.ts";

const REPORT = reportOf(throughputOf(1));
const COMPLETE: RunEnd = { exitCode: 0, problem: null, report: REPORT };
const FAILED: RunEnd = { exitCode: 1, problem: "a service died", report: null };
const REFUSED: RunEnd = { exitCode: 2, problem: "no such file", report: null };
const RUN_MS = 1000;

/** A series whose runs take a second each. */
class Series {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  readonly launched: LaunchRequest[] = [];
  readonly #signal = new AbortController();
  readonly exitCode: Promise<number>;
  received: StopSignal | null = null;
  aggregated: RunSeries | null = null;

  constructor(
    repetition: Partial<Repetition>,
    run: (number: number) => RunEnd,
    writeAggregate: () => Promise<string> = () => Promise.resolve("aggregate"),
  ) {
    const all: Repetition = {
      runs: 3,
      cooldownMs: 0,
      confidenceLevel: 0.9,
      warmUpOnce: true,
      sameSeed: true,
      ...repetition,
    };
    const interrupts = () => this.received;
    this.exitCode = runSeries(launchRequestOf({ seed: 7 }), all, {
      launch: async (request) => {
        this.events.push(`${this.#now()} ${request.config.trial!.label}`);
        this.launched.push(request);
        await this.clock.sleep(RUN_MS);
        return run(request.config.trial!.number);
      },
      writeAggregate: (series) => {
        this.aggregated = series;
        return writeAggregate();
      },
      writeResult: (text) => {
        this.events.push(`${this.#now()} result: ${text}`);
        return Promise.resolve();
      },
      say: (line) => this.events.push(`${this.#now()} ${line}`),
      newId: () => `id ${this.launched.length}`,
      clock: this.clock,
      interrupts: {
        get received() {
          return interrupts();
        },
        aborted: this.#signal.signal,
      },
    });
  }

  interrupt(signal: StopSignal): void {
    this.received = signal;
    this.#signal.abort();
  }

  #now(): string {
    return `${this.clock.nowNs() / 1e9} s`;
  }
}

Deno.test("the runs of a series are made one after the other, then aggregated", async () => {
  const series = new Series({}, () => COMPLETE);
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 0);
  assertEquals(series.events, [
    "0 s run_0001",
    "1 s run_0002",
    "2 s run_0003",
    "3 s result: aggregate",
  ]);
  assertEquals(series.aggregated, {
    artifactDir: "out",
    requestMetrics: "profile_export.jsonl",
    confidenceLevel: 0.9,
    runs: ["run_0001", "run_0002", "run_0003"]
      .map((label) => ({ label, problem: null, report: REPORT })),
  });
});

Deno.test("there is a pause between two runs, none before the first or after the last", async () => {
  const series = new Series({ runs: 2, cooldownMs: 2500 }, () => COMPLETE);
  await series.clock.advance(10_000);
  await series.exitCode;
  assertEquals(series.events, [
    "0 s run_0001",
    "1 s run 2 of 2 starts in 2.5 s",
    "3.5 s run_0002",
    "4.5 s result: aggregate",
  ]);
});

Deno.test("the first run has the series' id and epoch, the others have their own", async () => {
  const series = new Series({ cooldownMs: 500 }, () => COMPLETE);
  await series.clock.advance(10_000);
  await series.exitCode;
  const { benchmarkId, epochUnixMs } = launchRequestOf({ seed: 7 }).config;
  assertEquals(series.launched.map(({ config }) => [config.benchmarkId, config.epochUnixMs]), [
    [benchmarkId, epochUnixMs],
    ["id 1", epochUnixMs + 1500],
    ["id 2", epochUnixMs + 3000],
  ]);
});

Deno.test("a run that fails does not keep the next from being made; the series fails", async () => {
  const series = new Series({}, (number) => number === 2 ? FAILED : COMPLETE);
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 1);
  assertEquals(series.aggregated!.runs.map(({ problem }) => problem), [
    null,
    "a service died",
    null,
  ]);
});

Deno.test("a run that throws is a run that failed", async () => {
  const series = new Series({}, (number) => {
    if (number === 1) throw new Error("no space left");
    return COMPLETE;
  });
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 1);
  assertEquals(series.events[1], "1 s aiperf: no space left");
  assertEquals(series.aggregated!.runs.map(({ problem }) => problem), [
    "no space left",
    null,
    null,
  ]);
});

Deno.test("an interrupt during the pause ends the series; what is complete is aggregated", async () => {
  const series = new Series({ cooldownMs: 60_000 }, () => COMPLETE);
  await series.clock.advance(30_000);
  series.interrupt("SIGINT");
  assertEquals(await series.exitCode, 130);
  assertEquals(series.events, [
    "0 s run_0001",
    "1 s run 2 of 3 starts in 60 s",
    "30 s result: aggregate",
  ]);
  assertEquals(series.aggregated!.runs.map(({ problem }) => problem), [
    null,
    NOT_STARTED,
    NOT_STARTED,
  ]);
});

Deno.test("an interrupt during a run ends the series after it, without a pause", async () => {
  const cut: RunEnd = { exitCode: 143, problem: "it was interrupted by SIGTERM", report: REPORT };
  const series = new Series({ cooldownMs: 60_000 }, () => cut);
  await series.clock.advance(500);
  series.interrupt("SIGTERM");
  await series.clock.advance(600);
  assertEquals(await series.exitCode, 143);
  assertEquals(series.aggregated!.runs.map(({ problem }) => problem), [
    "it was interrupted by SIGTERM",
    NOT_STARTED,
    NOT_STARTED,
  ]);
});

Deno.test("bad input that shows in the first run ends the series and leaves nothing", async () => {
  const series = new Series({}, () => REFUSED);
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 2);
  assertEquals([series.launched.length, series.aggregated], [1, null]);
});

Deno.test("bad input that shows later ends the series; what is complete is aggregated", async () => {
  const series = new Series({}, (number) => number === 2 ? REFUSED : COMPLETE);
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 2);
  assertEquals(series.aggregated!.runs.map(({ problem }) => problem), [
    null,
    "no such file",
    NOT_STARTED,
  ]);
});

Deno.test("a series whose aggregate cannot be written fails", async () => {
  const series = new Series({ runs: 2 }, () => COMPLETE, () => Promise.reject(new Error("full")));
  await series.clock.advance(10_000);
  assertEquals(await series.exitCode, 1);
  assertEquals(series.events.at(-1), "2 s aiperf: cannot write the aggregate: full");
});

Deno.test("the exit code of a series is the gravest truth about it", () => {
  const code = (exitCodes: number[], interruptedBy: StopSignal | null = null) =>
    seriesExitCode(exitCodes.map((exitCode) => ({ exitCode })), { interruptedBy, written: true });
  assertEquals(code([0, 0, 0]), 0);
  assertEquals(code([0, 1, 0]), 1);
  assertEquals(code([1, 1]), 1);
  assertEquals(code([0, 2]), 2);
  assertEquals(code([0, 130], "SIGINT"), 130);
  assertEquals(code([0], "SIGTERM"), 143);
  assertEquals(code([1, 143], "SIGHUP"), 143);
});
