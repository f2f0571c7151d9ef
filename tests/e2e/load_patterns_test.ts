import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { exportFiles } from "../../common/model/artifact_files.ts";
import { CALLED_OFF_AT_END, type RequestRecord } from "../../common/model/record.ts";
import type { MockServerOptions } from "../../services/mock_server/mock_options.ts";
import type { MockServer } from "../../services/mock_server/server.ts";
import { type Artifacts, readArtifacts, scalarOf } from "../helpers/artifacts.ts";
import { MachineStrain } from "../helpers/machine_strain.ts";
import { type Finished, withSandbox } from "../helpers/run_aiperf.ts";
import { GatheringServer, withMockServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";
import { checkAgreement } from "./agreement.ts";
import { ATTEMPTS, checkArrivals, type Interval, mostOpen } from "./seen_by_server.ts";

interface Ran extends Artifacts {
  readonly server: MockServer;
  /** Of the profiling phase, in the order of the credits. */
  readonly profiling: readonly RequestRecord[];
  readonly finished: Finished;
}

/** A load against a mock server, and what is to be checked of it. */
interface LoadTest {
  readonly mock: MockServerOptions;
  readonly load: string;
  /** Text by file name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly code?: number;
  /** Whether the server's own log must have every request at its due time, by and large. */
  readonly hasTimes?: boolean;
  check(ran: Ran): Promise<void> | void;
}

function testLoad(
  name: string,
  { mock, load, files = {}, code = 0, hasTimes = false, check }: LoadTest,
): void {
  Deno.test(name, async () => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await tryLoad(attempt)) return;
    }
  });

  /** False when the machine stood still for so long that the server did not see the pattern. */
  async function tryLoad(attempt: number): Promise<boolean> {
    let isSeen = true;
    using strain = new MachineStrain();
    await withMockServer(mock, async (server) => {
      await withSandbox(async (sandbox) => {
        for (const [file, text] of Object.entries(files)) {
          await Deno.writeTextFile(`${sandbox.path}/${file}`, text);
        }
        const args = `--url ${server.url} --osl 2 --artifact-dir out --random-seed 7 ${load}`;
        const finished = await sandbox.run(args.split(" "));
        assertEquals(finished.code, code, finished.stderr);
        const artifacts = await readArtifacts(`${sandbox.path}/out`);
        const profiling = artifacts.records
          .filter(({ phase }) => phase === "profiling")
          .sort((a, b) => a.index - b.index);
        const ran = { ...artifacts, server, profiling, finished };
        await check(ran);
        if (!hasTimes) return;
        const { requests: logged } = server.requests();
        const strains = strain.during(artifacts.json);
        isSeen = checkArrivals({ records: profiling, logged, strains }, attempt);
      });
    });
    return isSeen;
  }
}

/** Due times after the first of them, in milliseconds. */
function duesMs(records: readonly RequestRecord[]): number[] {
  return records.map(({ dueNs }) => (dueNs - records[0]!.dueNs) / 1e6);
}

/** Mean and standard deviation of the pauses between due times, in milliseconds. */
function gapsOf(records: readonly RequestRecord[]): { mean: number; deviation: number } {
  const dues = duesMs(records);
  const gaps = dues.slice(1).map((due, i) => due - dues[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** From when requests were sent on, by the records. */
function fromSent(
  records: readonly RequestRecord[],
  end: (record: RequestRecord) => number | null,
): Interval[] {
  return records.map((record) => [record.sentNs!, record.sentNs! + (end(record) ?? 0)]);
}

testLoad("a constant rate comes in even steps", {
  mock: {},
  load: "--request-rate 100 --arrival-pattern constant --benchmark-duration 1.5",
  hasTimes: true,
  check: ({ profiling }) => {
    assertEquals(duesMs(profiling), Array.from({ length: 150 }, (_due, i) => i * 10));
  },
});

testLoad("Poisson arrivals have gaps as long as they vary", {
  mock: {},
  load: "--request-rate 150 --request-count 200",
  hasTimes: true,
  check: ({ profiling }) => {
    const { mean, deviation } = gapsOf(profiling);
    assertAlmostEquals(mean, 1_000 / 150, 1.5);
    assertAlmostEquals(deviation / mean, 1, 0.25);
  },
});

testLoad("gamma arrivals come in bursts at the rate asked for", {
  mock: {},
  load: "--request-rate 200 --arrival-pattern gamma --vllm-burstiness 0.25 --request-count 150",
  hasTimes: true,
  check: (ran) => {
    const { mean, deviation } = gapsOf(ran.profiling);
    assertAlmostEquals(mean, 5, 2);
    assertAlmostEquals(deviation / mean, 2, 0.6);
  },
});

Deno.test("a burst sends all its slots at once, then one for each that comes back", async () => {
  // It answers none before all are there: of fewer at once the run would never end.
  await using server = new GatheringServer(24);
  await withSandbox(async (sandbox) => {
    const args = `--url ${server.url} --model m --isl 8 --osl 2 --artifact-dir out ` +
      "--concurrency 24 --arrival-pattern concurrency_burst --request-count 48";
    const { code, stderr } = await sandbox.run(args.split(" "));
    assertEquals(code, 0, stderr);
    assertEquals([server.received, server.maxInFlight], [48, 24]);
    const { records } = await readArtifacts(`${sandbox.path}/out`);
    const profiling = records.toSorted((a, b) => a.index - b.index);
    assertEquals(duesMs(profiling).slice(0, 24), Array(24).fill(0));
  });
});

testLoad("prefill concurrency limits the requests that have no first token", {
  // The second token is far off: so a slow machine, too, has more in flight than have no first one.
  mock: { ttftMs: 50, itlMs: 400 },
  load: "--streaming --concurrency 8 --prefill-concurrency 2 --request-count 16",
  check: ({ server, profiling }) => {
    const { requests } = server.requests();
    assertEquals(requests.length, 16);
    assertEquals(
      mostOpen(requests.map(({ receivedMs, tokenWriteMs }) => [receivedMs, tokenWriteMs[0]!])),
      2,
    );
    const most = mostOpen(requests.map(({ receivedMs, endMs }) => [receivedMs, endMs!]));
    assert(most > 2, `${most} in flight at most`);
    const prefills = fromSent(profiling, ({ chunksAfterNs }) => chunksAfterNs[0] ?? null);
    assertEquals(mostOpen(prefills), 2);
  },
});

testLoad("the slots of a ramp open one after the other", {
  // The end is so far off that the last request leaves before it on a machine that stands still.
  mock: { ttftMs: 60_000 },
  load: "--concurrency 6 --concurrency-ramp-duration 0.46 --benchmark-duration 1.6 " +
    "--benchmark-grace-period 0",
  code: 1,
  hasTimes: true,
  check: (ran) => {
    assertEquals(duesMs(ran.profiling), [0, 92, 184, 276, 368, 460]);
    assertEquals(ran.profiling.map(({ outcome }) => outcome), Array(6).fill("cancelled"));
  },
});

testLoad("a rate that grows is followed exactly", {
  mock: {},
  load: "--request-rate 100 --arrival-pattern constant --request-rate-ramp-duration 1 " +
    "--benchmark-duration 1.2",
  hasTimes: true,
  check: (ran) => {
    const { profiling } = ran;
    assertEquals(profiling.length, 50 + 20);
    duesMs(profiling).forEach((due, i) => {
      const expected = i < 50 ? Math.sqrt(2 * i / 100) * 1_000 : 1_000 + (i - 50) * 10;
      assertAlmostEquals(due, expected, 1e-3);
    });
  },
});

testLoad("a series of rates comes from a file and ends with it", {
  mock: {},
  load: "--request-rate-series rate.csv --arrival-pattern constant",
  files: { "rate.csv": "seconds,rate\n0,20\n0.5,20\n0.5,100\n1,100\n" },
  hasTimes: true,
  check: (ran) => {
    assertEquals(ran.profiling.length, 60);
    assertEquals(duesMs(ran.profiling).slice(9, 12), [450, 500, 510]);
    assertMatch(ran.console, /requests at [\d.]+\/s \(asked: 60\.00\/s on average\), constant/);
  },
});

testLoad("a fixed schedule replays the timestamps of a file", {
  mock: { ttftMs: 5 },
  load: "--input-file trace.jsonl --fixed-schedule --fixed-schedule-auto-offset",
  files: {
    "trace.jsonl": [425, 100, 162, 938].map((timestamp) =>
      JSON.stringify({ text: `At ${timestamp}`, timestamp })
    ).join("\n"),
  },
  hasTimes: true,
  check: (ran) => {
    assertEquals(duesMs(ran.profiling), [0, 62, 325, 838]);
    assertEquals(ran.profiling.map(({ conversationIndex }) => conversationIndex), [1, 2, 0, 3]);
  },
});

testLoad("users take turns at their own pace from the start on", {
  mock: { ttftMs: 5 },
  load: "--user-centric-rate 12.5 --num-users 4 --session-turns-mean 3 --request-count 30",
  hasTimes: true,
  check: ({ profiling }) => {
    const startNs = profiling[0]!.dueNs;
    const placeOf = ({ dueNs }: RequestRecord) => (dueNs - startNs) / 80e6;
    const users = [...Map.groupBy(profiling, ({ correlationId }) => correlationId).values()];
    // Whoever comes is on time, whatever the answers to others do.
    for (const [first] of users) assertAlmostEquals(placeOf(first!) % 1, 0, 1e-6);
    const steps = users.flatMap((turns) => {
      assertEquals(turns.map(({ turnIndex }) => turnIndex), [...turns.keys()]);
      return turns.slice(1).map((turn, i) => ({ before: turns[i]!, turn }));
    });
    // A turn follows four places after the one before, or when that has its answer at last.
    const onTime = steps.filter(({ before, turn }) => {
      const places = placeOf(turn) - placeOf(before);
      assert(places > 4 - 1e-6, `${places} places after the turn before`);
      return places < 4 + 1e-6;
    });
    // Whose answer is late has its next turn late; nobody is on time by chance.
    assert(onTime.length > 2, `${onTime.length} of ${steps.length} on time`);
    for (const { before, turn } of steps) {
      assert(turn.dueNs >= before.sentNs! + before.endAfterNs!, "before the answer was there");
    }
  },
});

testLoad("turns follow their pauses, and sessions are counted", {
  mock: { ttftMs: 10 },
  load: "--concurrency 3 --num-sessions 9 --conversation-turn-mean 3 " +
    "--conversation-turn-delay-mean 40",
  check: ({ profiling }) => {
    const sessions = Map.groupBy(profiling, ({ correlationId }) => correlationId);
    assertEquals(sessions.size, 9);
    for (const turns of sessions.values()) {
      assertEquals(turns.map(({ turnIndex }) => turnIndex), [0, 1, 2]);
      turns.forEach(({ dueNs, sentNs }, i) => {
        if (i === 0) return;
        const before = turns[i - 1]!;
        // From when the request was over, soon after its last byte; each process has its own clock.
        const waitedMs = (dueNs - before.sentNs! - before.endAfterNs!) / 1e6;
        assert(waitedMs > 39.9 && dueNs <= sentNs! + 0.1e6, `due after ${waitedMs} ms`);
      });
    }
    assert(mostOpen(fromSent(profiling, ({ endAfterNs }) => endAfterNs)) <= 3);
  },
});

/** Waits until the server has seen that so many requests were cut off: it hears of it afterwards. */
async function untilAborted(server: MockServer, count: number): Promise<void> {
  await until(`${count} requests to be cut off`, () => server.stats().aborted >= count);
  assertEquals(server.stats().aborted, count);
}

testLoad("a share of the requests is cut off on the wire", {
  // Whoever is cut off late is so before the server has ended by itself.
  mock: { ttftMs: 20, itlMs: 60_000 },
  load: "--streaming --request-rate 200 --request-count 40 --request-cancellation-rate 100 " +
    "--request-cancellation-delay 0.2",
  code: 1,
  check: async ({ server, profiling, json }) => {
    await untilAborted(server, 40);
    for (const { outcome, error, endAfterNs } of profiling) {
      assertEquals([outcome, error?.code], ["cancelled", 499]);
      assert(endAfterNs! >= 200e6, `cut off after ${endAfterNs! / 1e6} ms`);
    }
    assertEquals(json.credits["cancelled"], 40);
  },
});

testLoad("a request that is to be cut off at once reaches the server before", {
  mock: { ttftMs: 60_000 }, // a busy server sees late that the client is gone
  load: "--concurrency 4 --request-count 40 --request-cancellation-rate 100",
  code: 1,
  check: async ({ server, profiling, json }) => {
    assertEquals(profiling.map(({ outcome }) => outcome), Array(40).fill("cancelled"));
    await untilAborted(server, 40);
    const heard = new Set(server.requests().requests.map(({ requestId }) => requestId));
    assertEquals(profiling.filter(({ requestId }) => !heard.has(requestId)), []);
    assertEquals(json.credits["cancelled"], 40);
  },
});

testLoad("a run that fails too much ends early, with its results", {
  mock: { ttftMs: 5, errorRate: 0.5 },
  load: "--concurrency 4 --request-count 4000 --failed-request-threshold 0.2",
  code: 1,
  check: (ran) => {
    assert(ran.profiling.length < 4000, `${ran.profiling.length} were sent`);
    assertEquals(ran.json.was_cancelled, true);
    checkAgreement(ran);
    assertMatch(ran.finished.stderr, /more requests failed than --failed-request-threshold allows/);
  },
});

testLoad("a warm-up with a load and limits of its own is left out and cut off", {
  // So long that what is in flight when the warm-up ends has no answer, even if that is told late.
  mock: { ttftMs: 1_200 },
  load: "--concurrency 6 --request-count 6 --warmup-request-rate 50 --warmup-concurrency 30 " +
    "--warmup-arrival-pattern constant --warmup-duration 0.5 --warmup-grace-period 0",
  check: (ran) => {
    const warmup = ran.records.filter(({ phase }) => phase === "warmup");
    assertEquals(
      duesMs(warmup.toSorted((a, b) => a.index - b.index)),
      [
        ...Array(25).keys(),
      ].map((i) => i * 20),
    );
    assertEquals(warmup.map(({ outcome }) => outcome), Array(25).fill("cancelled"));
    assertEquals(ran.profiling.map(({ outcome }) => outcome), Array(6).fill("success"));
    assertEquals(scalarOf(ran, "request_count"), 6);
    checkAgreement(ran);
  },
});

Deno.test("the same seed makes the same load, whatever the number of workers", async () => {
  // Far more than the cancellation's delay: which of them comes first must not be a matter of speed.
  await withMockServer({ ttftMs: 1_000 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const plans: unknown[] = [];
      const sent: string[][] = [];
      const inputs: string[] = [];
      for (const workers of [1, 4]) {
        const load = "--request-rate 150 --request-count 60 --dataset-sampling-strategy shuffle " +
          "--isl-stddev 90 --request-cancellation-rate 20 --request-cancellation-delay 0.1 " +
          "--random-seed 11 --export-level raw";
        const args =
          `--url ${server.url} --osl 2 --artifact-dir out${workers} --workers-max ${workers} ${load}`;
        const { code, stderr } = await sandbox.run(args.split(" "));
        assertEquals(code, 0, stderr);
        const artifacts = await readArtifacts(`${sandbox.path}/out${workers}`);
        const records = artifacts.records.toSorted((a, b) => a.index - b.index);
        const dues = duesMs(records);
        plans.push(records.map(({ conversationId, inputTokens, outcome }, i) => [
          dues[i],
          conversationId,
          inputTokens,
          outcome,
        ]));
        assertEquals(new Set(records.map(({ workerId }) => workerId)).size, workers);
        sent.push(await bodiesIn(`${sandbox.path}/out${workers}`));
        inputs.push(artifacts.inputsText);
      }
      assertEquals(sent[0], sent[1]);
      assertEquals(sent[0]!.length, 60);
      assertEquals(inputs[0], inputs[1]);
      assertEquals(plans[0], plans[1]);
    });
  });
});

/** The bodies that went over the wire, each with its conversation, sorted. */
async function bodiesIn(folder: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${folder}/${exportFiles("profile_export").raw}`);
  return text.trimEnd().split("\n").map((line) => {
    const { metadata, payload } = JSON.parse(line);
    return `${metadata.conversation_id} ${JSON.stringify(payload)}`;
  }).sort();
}

testLoad("a run that is stopped with credits ahead of their time counts what was sent", {
  mock: { ttftMs: 5, errorRate: 0.3 },
  load: "--request-rate 400 --arrival-pattern constant --request-count 4000 " +
    "--failed-request-threshold 0.1 --warmup-request-count 40",
  code: 1,
  check: (ran) => {
    const { profiling, json } = ran;
    const sent = profiling.filter(({ sentNs }) => sentNs !== null);
    const unsent = profiling.filter(({ sentNs }) => sentNs === null);
    for (const { outcome, error, endAfterNs } of unsent) {
      assertEquals([outcome, endAfterNs], ["cancelled", null]);
      assertEquals(error, CALLED_OFF_AT_END);
    }
    assertEquals(json.credits["issued"], profiling.length);
    const { arrivals, lateness } = json.instrument as unknown as {
      arrivals: { issued: number; sent: { count: number } };
      lateness: { requests: number };
    };
    assertEquals(
      [arrivals.issued, arrivals.sent.count, lateness.requests],
      [profiling.length, sent.length, sent.length],
    );
    // The server has seen what was sent, at most, and nothing else.
    const { received } = ran.server.stats();
    assert(received <= 40 + sent.length, `${received} received, ${sent.length} sent`);
    checkAgreement(ran);
  },
});
