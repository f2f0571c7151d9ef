import { assertEquals } from "@std/assert";
import type { Credit } from "../../common/model/credit.ts";
import { createSchedule } from "../../services/timing_manager/arrivals.ts";
import type { OpenLoad } from "../../common/stats/rate_profile.ts";
import { FakePhase, type FakePhaseOptions, pausing, timed } from "../helpers/fake_phase.ts";
import { closedLoad, openLoad, traceLoad } from "../helpers/phase_plan.ts";

const CELLS = 72;
const SECONDS = 3;

/** One character for each 24th of a second: how many requests are due in it. */
function draw(duesNs: readonly number[]): string {
  const counts = Array<number>(CELLS).fill(0);
  for (const dueNs of duesNs) {
    const cell = Math.floor((dueNs + 1) * CELLS / (SECONDS * 1e9));
    if (cell < CELLS) counts[cell]!++;
  }
  return counts.map((count) => count === 0 ? "·" : count === 1 ? "|" : String(count)).join("");
}

function drawRate(load: OpenLoad): string {
  const schedule = createSchedule({ load, startNs: 0, phase: "profiling", seed: 5 });
  return draw(Array.from({ length: 200 }, (_due, i) => schedule.dueNs(i)));
}

async function drawPhase(
  options: FakePhaseOptions,
  isShown: (credit: Credit) => boolean = () => true,
): Promise<string> {
  const phase = new FakePhase({ maxDurationMs: SECONDS * 1_000, graceMs: 0, ...options }).start();
  await phase.clock.advance(10_000);
  return draw(phase.issued.filter(isShown).map(({ issuedNs }) => issuedNs));
}

const RATE_SERIES = [[0, 4], [1_500, 24], [1_500, 6], [3_000, 6]]
  .map(([atMs, ratePerSecond]) => ({ atMs: atMs!, ratePerSecond: ratePerSecond! }));

const USERS: FakePhaseOptions = {
  load: { kind: "user_centric", users: 4, ratePerSecond: 6 },
  conversations: [pausing(null, null, null)],
  serviceMs: () => 100,
};

/** The pictures of the page by their labels. */
const PICTURES: Readonly<Record<string, () => string | Promise<string>>> = {
  "closed loop": () =>
    drawPhase({ load: closedLoad(4), serviceMs: (index) => [400, 550, 300, 700][index % 4]! }),
  "with a ramp": () =>
    drawPhase({
      load: closedLoad(4, 2_000),
      serviceMs: (index) => [400, 550, 300, 700][index % 4]!,
    }),
  "constant": () => drawRate(openLoad(8)),
  "poisson": () => drawRate(openLoad(8, { arrivals: "poisson" })),
  "gamma, 0.3": () => drawRate(openLoad(8, { arrivals: "gamma", smoothness: 0.3 })),
  "gamma, 8": () => drawRate(openLoad(8, { arrivals: "gamma", smoothness: 8 })),
  "rate ramp": () => drawRate(openLoad(16, { rateRampMs: 3_000 })),
  "series": () => drawRate(openLoad(8, { rateSeries: RATE_SERIES })),
  "trace": () =>
    drawPhase({
      load: traceLoad(),
      conversations: [40, 50, 60, 700, 720, 1_300, 2_100, 2_110, 2_120, 2_130].map((at) =>
        timed(at)
      ),
      serviceMs: () => 100,
    }),
  "users": () => drawPhase(USERS),
  "one of them": () => drawPhase(USERS, ({ sessionIndex }) => sessionIndex === 0),
};

const PAGE = new URL("../../docs/load_patterns.md", import.meta.url);

Deno.test("the pictures of docs/load_patterns.md are what the patterns do", async () => {
  const page = await Deno.readTextFile(PAGE);
  const expected: string[] = [];
  for (const [label, picture] of Object.entries(PICTURES)) {
    expected.push(`${label.padEnd(12)} ${await picture()}`);
  }
  const drawn = page.split("\n").filter((line) => /^[a-z0-9., ]{12} [·|\d]{72}$/.test(line));
  assertEquals(drawn, expected);
});
