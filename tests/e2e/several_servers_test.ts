import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { closedUrl, withServer } from "../helpers/servers.ts";

interface Seen {
  readonly path: string;
  readonly session: string;
  readonly model: string;
  readonly key: string | null;
}

/** Answers every chat, or every second one with an error, and notes what it was asked. */
function chatServer(seen: Seen[], failEvery = Infinity) {
  return async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return Response.json({ data: [{ id: "a" }, { id: "b" }] });
    const { model } = await request.json();
    seen.push({
      path: new URL(request.url).pathname,
      session: request.headers.get("x-session-id") ?? "",
      model,
      key: request.headers.get("authorization"),
    });
    if (seen.length % failEvery === 0) return new Response("overloaded", { status: 503 });
    return Response.json({
      choices: [{ message: { role: "assistant", content: "yes" } }],
      usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
    });
  };
}

Deno.test("two servers and two models share the load evenly, whatever the workers", async (t) => {
  const [one, two]: [Seen[], Seen[]] = [[], []];
  const plans: string[][] = [];
  await withServer(
    chatServer(one),
    (first) =>
      withServer(chatServer(two), (second) =>
        withSandbox(async (sandbox) => {
          for (const workers of [1, 2]) {
            one.length = two.length = 0;
            const args =
              `--url ${first}/left,${second}/right/v1 -m a -m b --api-key sk-very-secret ` +
              `--concurrency 4 --num-sessions 12 --conversation-turn-mean 2 --random-seed 5 ` +
              `--session-header X-Session-ID --model-selection-strategy random ` +
              `--workers-max ${workers} --isl 10 --artifact-dir out${workers}`;
            const { code, stderr, stdout } = await sandbox.run(args.split(" "));
            assertEquals(code, 0, stderr);
            const { json, requests, records } = await readArtifacts(
              `${sandbox.path}/out${workers}`,
            );
            const urls = [
              `${first}/left/v1/chat/completions`,
              `${second}/right/v1/chat/completions`,
            ];

            await t.step(
              `${workers}: each URL gets its path, the key and half of the sessions`,
              () => {
                assertEquals(
                  new Set(one.map(({ path }) => path)),
                  new Set(["/left/v1/chat/completions"]),
                );
                assertEquals(
                  new Set(two.map(({ path }) => path)),
                  new Set(["/right/v1/chat/completions"]),
                );
                assertEquals([one.length, two.length], [12, 12]);
                assert([...one, ...two].every(({ key }) => key === "Bearer sk-very-secret"));
              },
            );
            await t.step(`${workers}: a conversation stays on one URL`, () => {
              const sessions = [one, two].map((all) => new Set(all.map(({ session }) => session)));
              assertEquals(sessions.map(({ size }) => size), [6, 6]);
              assertEquals(sessions[0]!.intersection(sessions[1]!).size, 0);
            });
            await t.step(`${workers}: the result tells the URLs and models apart`, () => {
              assertEquals(json["url_counts"], [
                { url: urls[0], requests: 12, errors: 0 },
                { url: urls[1], requests: 12, errors: 0 },
              ]);
              const asked = (model: string) =>
                [...one, ...two].filter((request) => request.model === model).length;
              assertEquals(json["model_counts"], [
                { model: "a", requests: asked("a"), errors: 0 },
                { model: "b", requests: asked("b"), errors: 0 },
              ]);
              assertStringIncludes(stdout, `To ${urls[1]}: 12 requests, 0 errors\n`);
              assertStringIncludes(stdout, `Asked of a: ${asked("a")} requests, 0 errors\n`);
              for (const { metadata } of requests) {
                const server = metadata["url"] === urls[0] ? one : two;
                const session = server.filter((seen) =>
                  seen.session === metadata["x_correlation_id"]
                );
                assertEquals(
                  session[Number(metadata["turn_index"])]?.model,
                  metadata["model_name"],
                );
              }
            });
            await t.step(`${workers}: who counts the tokens is said`, () =>
              assertStringIncludes(
                stderr,
                'Tokens are counted with the built-in tokenizer, o200k_base, in place of that of "a"',
              ));
            plans.push(
              records
                .map((r) => `${r.conversationIndex}.${r.turnIndex} ${r.urlIndex} ${r.model}`)
                .toSorted(),
            );
          }
        })),
  );
  await t.step(
    "one worker and two send the same requests to the same places",
    () => assertEquals(plans[0], plans[1]),
  );
});

Deno.test("errors are counted at the server that made them", async () => {
  await withServer(
    chatServer([]),
    (good) =>
      withServer(chatServer([], 2), (bad) =>
        withSandbox(async (sandbox) => {
          const args =
            `--url ${good} --url ${bad} -m a --concurrency 1 --request-count 8 --isl 8 ` +
            "--artifact-dir out";
          const { code, stderr } = await sandbox.run(args.split(" "));
          assertEquals(code, 0, stderr);
          const { json } = await readArtifacts(`${sandbox.path}/out`);
          assertEquals(json["url_counts"], [
            { url: `${good}/v1/chat/completions`, requests: 4, errors: 0 },
            { url: `${bad}/v1/chat/completions`, requests: 4, errors: 2 },
          ]);
        })),
  );
});

Deno.test("a server of several that is not there is named before anything is sent", async () => {
  const seen: Seen[] = [];
  await withServer(chatServer(seen), (good) =>
    withSandbox(async (sandbox) => {
      const gone = closedUrl();
      const args = `--url ${good},${gone} -m a --request-count 4 --artifact-dir out`;
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot reach ${gone}: connection refused`);
      assertEquals(seen, []);
    }));
});
