import { assert, assertEquals, assertMatch } from "@std/assert";
import { readArtifacts, scalarOf } from "../helpers/artifacts.ts";
import { MachineStrain } from "../helpers/machine_strain.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { StallingServer, withMockServer, withServer } from "../helpers/servers.ts";
import { checkAgreement } from "./agreement.ts";

/** Runs a load against the server at `url`; throws unless it ends with 0. */
async function runLoad(sandbox: Sandbox, url: string, load: string) {
  const args = `--url ${url} --isl 8 --osl 2 --artifact-dir out ${load}`.split(" ");
  const { code, stdout, stderr } = await sandbox.run(args);
  assertEquals(code, 0, stderr);
  return { stdout, ...await readArtifacts(`${sandbox.path}/out`) };
}

Deno.test("a constant rate for a duration sends exactly rate times duration requests", async (t) => {
  await withMockServer({}, async (server) => {
    await withSandbox(async (sandbox) => {
      const artifacts = await runLoad(
        sandbox,
        server.url,
        "--request-rate 100 --arrival-pattern constant --benchmark-duration 2",
      );
      await t.step("to the server", () => assertEquals(server.stats().received, 200));
      await t.step("by the records, each due at its place in the schedule", () => {
        const records = artifacts.records.toSorted((a, b) => a.index - b.index);
        assertEquals(records.length, 200);
        const startNs = records[0]!.dueNs;
        for (const { index, dueNs, sentNs } of records) {
          assertEquals(Math.round(dueNs - startNs), index * 10e6);
          assert(sentNs! >= dueNs, "sent before it was due");
        }
      });
      await t.step("by all exports", () => {
        assertEquals(scalarOf(artifacts, "request_count"), 200);
        checkAgreement(artifacts);
      });
    });
  });
});

Deno.test("a Poisson load with a cap and a warm-up", async (t) => {
  await withMockServer({ ttftMs: 80 }, async (server) => {
    await withSandbox(async (sandbox) => {
      // Far more than four at a time of 80 ms each can do.
      const artifacts = await runLoad(
        sandbox,
        server.url,
        "--request-rate 1000 --request-count 60 --concurrency 4 --warmup-request-count 10",
      );
      const { records, requests } = artifacts;
      const warmup = records.filter(({ phase }) => phase === "warmup");
      const profiling = records.filter(({ phase }) => phase === "profiling");

      await t.step("sends exactly the requests asked for", () => {
        assertEquals(server.stats().received, 70);
        assertEquals([warmup.length, profiling.length], [10, 60]);
      });
      await t.step("keeps to the cap", () => assertEquals(server.stats().maxInFlight, 4));
      await t.step("begins when the warm-up has ended", () => {
        const ends = warmup.map(({ sentNs, endAfterNs }) => sentNs! + endAfterNs!);
        const starts = profiling.map(({ sentNs }) => sentNs!);
        assert(Math.max(...ends) <= Math.min(...starts));
      });
      await t.step("leaves the warm-up out of the results", () => {
        assertEquals(scalarOf(artifacts, "request_count"), 60);
        assertEquals(requests.length, 60);
        for (const { metadata } of requests) {
          assertEquals(metadata["benchmark_phase"], "profiling");
        }
        checkAgreement(artifacts);
      });
      await t.step("spreads the requests at random", () => {
        const due = profiling.toSorted((a, b) => a.index - b.index).map(({ dueNs }) => dueNs);
        const gaps = due.slice(1).map((dueNs, i) => Math.round(dueNs - due[i]!));
        assert(gaps.every((gap) => gap >= 0));
        assert(new Set(gaps).size > gaps.length / 2);
      });
    });
  });
});

/** The clocks of two processes may differ by so much. */
const CLOCK_MS = 1;

Deno.test("no run outlives its duration and its grace period, whatever the server does", async () => {
  using strain = new MachineStrain();
  let firstMs: number | null = null;
  const silence = Promise.withResolvers<void>();
  await withServer((request) => {
    if (request.method !== "POST") return new Response("{}");
    firstMs ??= performance.now();
    return silence.promise.then(() => new Response("{}"));
  }, async (url) => {
    await withSandbox(async (sandbox) => {
      const load = "--request-rate 50 --arrival-pattern constant --benchmark-duration 2 " +
        "--benchmark-grace-period 1";
      const { code, stderr } = await sandbox.run(
        `--url ${url} --model m --isl 8 --artifact-dir out ${load}`.split(" "),
      );
      const tookMs = performance.now() - firstMs!;
      silence.resolve();
      assertEquals(code, 1, stderr);
      const { records, json } = await readArtifacts(`${sandbox.path}/out`);
      assertEquals(records.length, 100);
      const mostMs = strain.during(json).length > 0 ? Infinity : 5_000;
      assert(records.every(({ outcome }) => outcome === "cancelled"));
      // By the records: how soon the first request is with the server is a matter of speed.
      const firstDueNs = Math.min(...records.map(({ dueNs }) => dueNs));
      for (const { sentNs, endAfterNs } of records) {
        const afterMs = (sentNs! + endAfterNs! - firstDueNs) / 1e6;
        const isInTime = afterMs >= 3_000 - CLOCK_MS && afterMs < mostMs;
        assert(isInTime, `cut off ${afterMs} ms after the first was due`);
      }
      // What the results take is a matter of speed, too; a run that waits for answers never ends.
      assert(tookMs < 30_000, `it took ${tookMs} ms`);
    });
  });
});

Deno.test("a slot is free when the end of an answer has come, however long the worker reads it", async () => {
  // Takes a worker tens of milliseconds from its last byte on.
  const padding = Array(4_000_000).fill(0);
  const usage = { prompt_tokens: 1, completion_tokens: 1 };
  const text = JSON.stringify({ choices: [{ message: { content: "a" } }], usage, padding });
  await withServer(() => new Response(text), async (url) => {
    await withSandbox(async (sandbox) => {
      const load = "--model m --concurrency 1 --request-count 5 --tokenizer builtin";
      const { records } = await runLoad(sandbox, url, load);
      const ordered = records.toSorted((a, b) => a.index - b.index);
      const emptyMs = ordered.slice(1).map(({ dueNs }, i) => {
        const { sentNs, endAfterNs, closedAfterNs } = ordered[i]!;
        return (dueNs - sentNs! - (closedAfterNs ?? endAfterNs!)) / 1e6;
      });
      assertEquals(emptyMs.length, 4);
      assert(emptyMs.every((ms) => Math.abs(ms) < CLOCK_MS), `empty for ${emptyMs} ms`);
    });
  });
});

Deno.test("what is in flight when the grace period ends is cut off", async (t) => {
  await using server = new StallingServer();
  await withSandbox(async (sandbox) => {
    // Long before the end every slot is held by a request that never ends: each fourth one.
    const artifacts = await runLoad(
      sandbox,
      server.url,
      "--streaming --model m --concurrency 4 --benchmark-duration 2 --benchmark-grace-period 0.01",
    );

    await t.step("and has a record that says so", () => {
      const { issued, succeeded, cancelled } = artifacts.json.credits;
      assertEquals({ issued, succeeded, cancelled }, { issued: 16, succeeded: 12, cancelled: 4 });
      for (const { outcome, error } of artifacts.records) {
        assertEquals(error?.code, outcome === "cancelled" ? 499 : undefined);
      }
      for (const { metadata, error } of artifacts.requests) {
        assertEquals(metadata["was_cancelled"], error !== null);
        assertEquals(metadata["cancellation_time_ns"] !== null, error !== null);
      }
    });
    await t.step("but is no error, and the run was not interrupted", () => {
      assertEquals(scalarOf(artifacts, "error_request_count"), 0);
      assertEquals(scalarOf(artifacts, "cancelled_request_count"), 4);
      assertEquals(artifacts.json.was_cancelled, false);
      assertMatch(artifacts.stdout, /Warning: 4 requests had not ended when the run did/);
      checkAgreement(artifacts);
    });
  });
});

Deno.test("what was due and found no slot until the end is not sent, and the end of the phase says so", async () => {
  await withMockServer({ ttftMs: 60_000 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const rate = "--request-rate 50 --arrival-pattern constant --concurrency 2";
      const end = "--benchmark-duration 1 --benchmark-grace-period 0";
      const args = `--url ${server.url} --artifact-dir out ${rate} ${end}`.split(" ");
      const { stderr } = await sandbox.run(args);
      assertMatch(stderr, /complete: 2 requests in .* s; 48 more were due and found no free slot/);
      assertEquals(server.stats().received, 2);
    });
  });
});
