import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer, withServer } from "../helpers/servers.ts";
import { until } from "../helpers/until.ts";

const LOAD = "-m mock --concurrency 2 --isl 8 --osl 2 --artifact-dir out --api-key sk-call-key";
const CALLS = "--reset-kv-cache --server-profiler";

Deno.test("cache and profiler are called between the warm-up and the load, and after it", async () => {
  await withMockServer({}, (server) =>
    withSandbox(async (sandbox) => {
      const args =
        `--url ${server.url}/v1 ${LOAD} ${CALLS} --warmup-request-count 4 --request-count 6`;
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const [reset, start, stop] = server.calls();
      assertEquals(server.calls().map(({ path }) => path), [
        "/reset_prefix_cache",
        "/start_profile",
        "/stop_profile",
      ]);
      const times = server.requests().requests.map(({ receivedMs, endMs }) => [receivedMs, endMs!]);
      assertEquals(times.length, 10);
      assert(Math.max(...times.slice(0, 4).flat()) <= reset!.receivedMs);
      assert(reset!.receivedMs <= start!.receivedMs);
      assert(start!.receivedMs <= Math.min(...times.slice(4).flat()));
      assert(Math.max(...times.flat()) <= stop!.receivedMs);
      assertStringIncludes(stderr, "waiting for the server to stop its profiler");
    }));
});

Deno.test("each of several runs has its own calls, with or without a warm-up", async () => {
  await withMockServer({}, (server) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${server.url} ${LOAD} ${CALLS} --warmup-request-count 2 ` +
        "--request-count 2 --num-profile-runs 2";
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const run = ["/reset_prefix_cache", "/start_profile", "/stop_profile"];
      assertEquals(server.calls().map(({ path }) => path), [...run, ...run]);
    }));
});

Deno.test("the built-in server has a cache and a profiler to call", async () => {
  await withSandbox(async (sandbox) => {
    const args = `--mock-server --request-count 2 --isl 8 --osl 2 --artifact-dir out ${CALLS}`;
    const { code, stderr } = await sandbox.run(args.split(" "));
    assertEquals(code, 0, stderr);
  });
});

Deno.test("an interrupted run stops the profiler, too", async () => {
  await withMockServer({ ttftMs: 50 }, (server) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${server.url} ${LOAD} --server-profiler --benchmark-duration 60`;
      const running = sandbox.start(args.split(" "));
      await until("a few requests", () => server.stats().finished > 4);
      running.kill("SIGINT");
      const { code, stderr } = await running.finished;
      assertEquals(code, 130, stderr);
      assertEquals(server.calls().map(({ path }) => path), ["/start_profile", "/stop_profile"]);
    }));
});

Deno.test("a server that cannot do it ends the run before the load, and is named", async () => {
  await withMockServer({}, (server) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${server.url} ${LOAD} --request-count 2 --reset-kv-cache ` +
        "--reset-kv-cache-path /flush";
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(
        stderr,
        `aiperf: --reset-kv-cache: POST ${server.url}/flush: the server answered 404\n`,
      );
      assertEquals(server.stats().received, 0);
    }));
});

Deno.test("a profiler that cannot be stopped costs no result, but the exit code", async () => {
  await withMockServer({}, (server) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${server.url} ${LOAD} --request-count 4 --server-profiler ` +
        "--server-profiler-stop-path /no-stop";
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 1);
      assertStringIncludes(
        stderr,
        `aiperf: --server-profiler: POST ${server.url}/no-stop: the server answered 404\n`,
      );
      assertEquals((await readArtifacts(`${sandbox.path}/out`)).requests.length, 4);
    }));
});

Deno.test("a server that does not answer the call does not hold the run up for ever", async () => {
  const hung = Promise.withResolvers<Response>();
  const keys: (string | null)[] = [];
  await withServer(
    (request) => {
      if (request.method !== "POST") return new Response("{}");
      keys.push(request.headers.get("authorization"));
      return hung.promise;
    },
    (url) =>
      withSandbox(async (sandbox) => {
        const args = `--url ${url} ${LOAD} --request-count 2 --reset-kv-cache ` +
          "--reset-kv-cache-timeout-seconds 1.2";
        const { code, stderr } = await sandbox.run(args.split(" "));
        hung.resolve(new Response());
        assertEquals(code, 1);
        assertStringIncludes(
          stderr,
          `--reset-kv-cache: POST ${url}/reset_prefix_cache: no answer within 1.2 s;`,
        );
        assertEquals(keys, ["Bearer sk-call-key"]);
        assertEquals(stderr.includes("sk-call-key"), false);
      }),
  );
});
