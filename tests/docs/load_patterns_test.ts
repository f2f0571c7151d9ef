import { assertEquals } from "@std/assert";
import type { Credit } from "../../common/model/credit.ts";
import { createSchedule } from "../../services/timing_manager/arrivals.ts";
import type { OpenLoad } from "../../common/stats/rate_profile.ts";
import { FakePhase, type FakePhaseOptions, pausing, timed } from "../helpers/fake_phase.ts";
import { closedLoad, openLoad, traceLoad } from "../helpers/phase_plan.ts";

const CELLS = 72;
const SECONDS = 3;

/** Which character a request that is due then belongs to. */
function cellOf(dueNs: number): number {
  return Math.floor((dueNs + 1) * CELLS / (SECONDS * 1e9));
}

/** One character for each 24th of a second: how many requests are due in it. */
function draw(duesNs: readonly number[]): string {
  const counts = Array<number>(CELLS).fill(0);
  for (const cell of duesNs.map(cellOf)) if (cell < CELLS) counts[cell]!++;
  return counts.map((count) => count === 0 ? "·" : count === 1 ? "|" : String(count)).join("");
}

function drawRate(load: OpenLoad): string {
  const schedule = createSchedule({ load, startNs: 0, phase: "profiling", seed: 5 });
  return draw(Array.from({ length: 200 }, (_due, i) => schedule.dueNs(i)));
}

async function creditsOf(options: FakePhaseOptions): Promise<readonly Credit[]> {
  const phase = new FakePhase({ maxDurationMs: SECONDS * 1_000, graceMs: 0, ...options }).start();
  await phase.clock.advance(10_000);
  return phase.issued;
}

async function drawPhase(
  options: FakePhaseOptions,
  isShown: (credit: Credit) => boolean = () => true,
): Promise<string> {
  const credits = await creditsOf(options);
  return draw(credits.filter(isShown).map(({ issuedNs }) => issuedNs));
}

/** Which turn of its conversation each request is, from 1. */
async function drawTurns(options: FakePhaseOptions): Promise<string> {
  const cells = Array<string>(CELLS).fill("·");
  for (const { issuedNs, turnIndex } of await creditsOf(options)) {
    cells[cellOf(issuedNs)] = String(turnIndex + 1);
  }
  return cells.join("");
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
  "which turn": () => drawTurns(USERS),
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

Deno.test("prompts of users are as long as they stay after the time that the page says", async () => {
  const turns = 4;
  const [users, ratePerSecond] = [8, 10];
  const credits = await creditsOf({
    load: { kind: "user_centric", users, ratePerSecond },
    conversations: [pausing(...Array(turns - 1).fill(null))],
    maxDurationMs: 8_000,
    serviceMs: () => 100,
  });
  const rounds = Array.from(
    { length: 10 },
    (_round, i) => credits.slice(i * users, (i + 1) * users).map(({ turnIndex }) => turnIndex),
  );
  const steady = [0, 0, 1, 1, 2, 2, 3, 3];
  assertEquals(rounds[0], Array(users).fill(0));
  rounds.forEach((round, i) => {
    const isSteady = round.toSorted().join() === steady.join();
    assertEquals(isSteady, i >= turns - 1, `round ${i}: ${round}`);
  });
});

Deno.test("six sessions of three users with three turns are as many requests as the page says", async () => {
  const credits = await creditsOf({
    load: { kind: "user_centric", users: 3, ratePerSecond: 10 },
    conversations: [pausing(null, null)],
    maxSessions: 6,
    maxDurationMs: null,
    serviceMs: () => 10,
  });
  assertEquals(credits.length, 15);
});
