import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Artifacts, readArtifacts } from "../helpers/artifacts.ts";
import { type Finished, type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer, withServer } from "../helpers/servers.ts";
import { checkAgreement } from "./agreement.ts";

const REQUESTS = 12;

type Result = Finished & Artifacts;

async function runAgainst(url: string, sandbox: Sandbox, options = ""): Promise<Result> {
  const load = `--concurrency 4 --request-count ${REQUESTS} --isl 8 --osl 4`;
  const args = `--url ${url} --model m --artifact-dir out ${load} ${options}`.trim().split(" ");
  const finished = await sandbox.run(args);
  const artifacts = await readArtifacts(`${sandbox.path}/out`);
  // Every credit ends in exactly one record, whatever happens, and all files tell of it.
  assertEquals(artifacts.json.credits["issued"], REQUESTS);
  assertEquals(artifacts.records.length, REQUESTS);
  assertEquals(finished.stdout, artifacts.console);
  checkAgreement(artifacts);
  return { ...finished, ...artifacts };
}

/** A way in which every request fails, and the one kind of error that must come of it. */
interface TotalFailure {
  readonly name: string;
  readonly handler: (request: Request) => Response;
  readonly options?: string;
  readonly error: { readonly code?: number; readonly type: string; readonly message: string };
}

const ANSWER = {
  choices: [{ message: { content: "one two three four" } }],
  usage: { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12 },
};

const HTML = "<html><head><title>Portal</title></head><body><h1>Please log in</h1></body></html>";

const TOTAL_FAILURES: readonly TotalFailure[] = [
  {
    name: "a server that answers every request with 500",
    handler: () => Response.json({ error: { message: "out of memory" } }, { status: 500 }),
    options: "--streaming",
    error: { code: 500, type: "Internal Server Error", message: "out of memory" },
  },
  {
    name: "a server that answers every request with HTML",
    handler: () => new Response(HTML, { headers: { "content-type": "text/html" } }),
    options: "--streaming",
    error: {
      code: 502,
      type: "UnexpectedResponse",
      message: "the server answered with HTML: Portal Please log in",
    },
  },
  {
    name: "a server that does not stream",
    handler: () => Response.json({ choices: [{ message: { content: "Hello" } }] }),
    options: "--streaming",
    error: {
      code: 502,
      type: "UnexpectedResponse",
      message: "a stream was asked for, but the server answered with one JSON body",
    },
  },
  {
    name: "a server that is too slow",
    handler: () => new Response(new ReadableStream()),
    options: "--request-timeout-seconds 0.2",
    error: { type: "Timeout", message: "no complete answer within 0.2 s" },
  },
];

for (const { name, handler, options, error } of TOTAL_FAILURES) {
  Deno.test(`${name} makes the run fail, with results`, async (t) => {
    await withServer(handler, async (url) => {
      await withSandbox(async (sandbox) => {
        const { code, stderr, stdout, json } = await runAgainst(url, sandbox, options);
        await t.step("it exits with 1 and says why", () => {
          assertEquals(code, 1);
          assertEquals(
            stderr.trimEnd().split("\n").at(-1),
            `aiperf: no request succeeded (of ${REQUESTS}); most often: ${error.type}: ${error.message}`,
          );
        });
        await t.step("all failures are one line of the error summary", () => {
          assertEquals(json.error_summary, [{ error_details: error, count: REQUESTS }]);
          assertEquals(stdout.includes(error.message), true, stdout);
        });
        await t.step("there is no latency, but the failures are counted", () => {
          assertEquals(json["request_latency"], undefined);
          assertEquals(json["request_count"], { unit: "requests", avg: 0 });
          assertEquals(json["error_request_count"], { unit: "requests", avg: REQUESTS });
        });
      });
    });
  });
}

Deno.test("a server that fails now and then does not make the run fail", async (t) => {
  let received = 0;
  const handler = (request: Request) => {
    if (request.method === "GET") return new Response("");
    if (++received % 3 === 0) return new Response("try again", { status: 429 });
    return Response.json(ANSWER);
  };
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const { code, stderr, json, records } = await runAgainst(url, sandbox);
      await t.step("it exits with 0", () => assertEquals(code, 0, stderr));
      await t.step("the failures are counted", () => {
        assertEquals(json.error_summary, [{
          error_details: { code: 429, type: "Too Many Requests", message: "try again" },
          count: 4,
        }]);
        assertEquals(json["request_error_rate"], { unit: "%", avg: 100 / 3 });
      });
      await t.step("a failure has taken its time too", () => {
        for (const { endAfterNs } of records) assert(endAfterNs! > 0);
      });
    });
  });
});

Deno.test("connections that break in the middle of an answer become errors", async (t) => {
  await withMockServer({ disconnectRate: 1 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const { code, records, json } = await runAgainst(server.url, sandbox, "--streaming");
      await t.step("the run fails", () => assertEquals(code, 1));
      await t.step("the error says so", () => {
        assertEquals(json.error_summary, [{
          error_details: {
            type: "ConnectionClosed",
            message: "the connection broke in the middle of the answer",
          },
          count: REQUESTS,
        }]);
      });
      await t.step("what had arrived is kept", () => {
        for (const { chunksAfterNs } of records) assertEquals(chunksAfterNs.length, 2);
      });
    });
  });
});

Deno.test("an error event in a stream makes its request fail, though the status is 200", async () => {
  await withMockServer({ streamErrorRate: 1 }, async (server) => {
    await withSandbox(async (sandbox) => {
      const { code, stderr, records } = await runAgainst(server.url, sandbox, "--streaming");
      assertEquals(code, 1);
      assertMatch(stderr, /The mock server failed on purpose$/m);
      for (const { httpStatus, error } of records) {
        assertEquals(httpStatus, 200);
        assertEquals(error?.code, 502);
        assertEquals(error?.message, "The mock server failed on purpose");
      }
    });
  });
});

Deno.test("a server that goes away leaves the results until then, and refused requests", async () => {
  let received = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    if (++received === 6) void server.shutdown();
    return Response.json(ANSWER);
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await withSandbox(async (sandbox) => {
    // The last is due 0.75 s after the server began to go: sooner it may meet it half gone.
    const pace = "--workers-max 1 --request-rate 8 --arrival-pattern constant";
    const { code, json, records } = await runAgainst(url, sandbox, pace);
    assertEquals(code, 0);
    const { succeeded, failed } = json.credits;
    assertEquals(succeeded! + failed!, REQUESTS);
    assert(succeeded! > 0, JSON.stringify(json.credits));
    const last = records.find(({ index }) => index === REQUESTS - 1);
    assertEquals(last?.error, {
      code: null,
      type: "ConnectionRefused",
      message: `${new URL(url).host} refused the connection`,
    });
  });
  await server.finished;
});

Deno.test("a short run that fails too much goes to its end, and its exit code says so", async () => {
  let received = 0;
  const handler = ({ method }: Request) =>
    Response.json(ANSWER, { status: method === "POST" && received++ < 2 ? 500 : 200 });
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const load = "--request-rate 200 --concurrency 500 --request-count 20";
      const limit = "--failed-request-threshold 0.05";
      const args = `--url ${url} --model m --artifact-dir out --isl 8 ${load} ${limit}`;
      const { code, stderr } = await sandbox.run(args.split(" "));
      const artifacts = await readArtifacts(`${sandbox.path}/out`);
      checkAgreement(artifacts);
      const { was_cancelled: wasCancelled, credits } = artifacts.json;
      assertEquals([code, wasCancelled, credits["succeeded"]], [1, false, 18]);
      assertMatch(stderr, /more requests failed than --failed-request-threshold allows: 2 of 20/);
      const why =
        "More requests of the run failed than --failed-request-threshold 0.05 allows: 2 of 20 (10 %).";
      assertEquals(artifacts.json["run_end"], {
        reason: "failed_request_threshold",
        detail: why,
        failed_requests: 2,
        ended_requests: 20,
        failed_ratio: 0.1,
        failed_request_threshold: 0.05,
      });
      assertStringIncludes(artifacts.console, `Warning: ${why}\n`);
    });
  });
});

Deno.test("a run that its failures ended early says so in its files, not that it was interrupted", async () => {
  let received = 0;
  const handler = ({ method }: Request) =>
    Response.json(ANSWER, { status: method === "POST" && ++received % 2 === 0 ? 500 : 200 });
  await withServer(handler, async (url) => {
    await withSandbox(async (sandbox) => {
      const load = "--concurrency 2 --request-count 5000 --failed-request-threshold 0.25";
      const args = `--url ${url} --model m --artifact-dir out --isl 8 ${load}`;
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 1, stderr);
      const told = /^profiling ended by --failed-request-threshold after \d+ of 5000 requests, /m;
      assertMatch(stderr, told);
      const { json, console } = await readArtifacts(`${sandbox.path}/out`);
      assert(json.credits["issued"]! < 5000, JSON.stringify(json.credits));
      assertEquals(json.was_cancelled, true);
      const end = json["run_end"] as Record<string, unknown>;
      assertEquals(
        [end["reason"], end["failed_request_threshold"]],
        ["failed_request_threshold", 0.25],
      );
      assertStringIncludes(
        console,
        "More requests of the run failed than --failed-request-threshold 0.25 allows: ",
      );
      assert(!console.includes("interrupted"), console);
      const again = await sandbox.run(["report", "out"]);
      assertEquals([again.code, again.stdout], [1, stdout]);
      assertStringIncludes(
        again.stderr,
        "it was ended early, and the results cover what had ended by then.",
      );
      assert(!again.stderr.includes("interrupted"), again.stderr);
    });
  });
});
