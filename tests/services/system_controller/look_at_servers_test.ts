import { assertEquals, assertRejects } from "@std/assert";
import { resolveRun, type RunPlan } from "../../../common/config/resolve.ts";
import type { InferenceProbe, ReadinessMode } from "../../../common/model/readiness.ts";
import { lookAtServers } from "../../../services/system_controller/look_at_servers.ts";
import { NoModelError } from "../../../services/system_controller/preflight.ts";
import { optionsFor } from "../../helpers/command_line.ts";
import { closedUrl, withServer } from "../../helpers/servers.ts";

async function planOf(args: string): Promise<RunPlan> {
  return resolveRun(await optionsFor(args.split(" ")), {
    cliCommand: "aiperf",
    workingDir: "/work",
    cpus: 4,
    freshSeed: 1,
    onTerminal: false,
  });
}

function withModels(models: string[] | null, use: (url: string) => Promise<void>): Promise<void> {
  const answer = () =>
    models === null
      ? new Response("loading", { status: 503 })
      : Response.json({ data: models.map((id) => ({ id })) });
  return withServer(answer, use);
}

/** What a look finds, and what it probed. */
async function look(
  args: string,
  mode: ReadinessMode,
  answer: (probe: InferenceProbe) => string | null,
) {
  const probed: string[] = [];
  const reason = await lookAtServers({
    plan: await planOf(args),
    mode,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
    probeInference(probe) {
      const { urls, model, modelChoice, timeoutMs } = probe.endpoint;
      assertEquals([urls.length, modelChoice, timeoutMs], [1, null, 2_000]);
      probed.push(`${model} at ${urls[0]}`);
      return Promise.resolve(answer(probe));
    },
  });
  return { reason, probed };
}

Deno.test("by inference, every model is asked at every server", async () => {
  const { reason, probed } = await look("-u http://a,http://b/v1 -m m,n", "inference", () => null);
  assertEquals(reason, null);
  assertEquals(probed.toSorted(), [
    "m at http://a/v1/chat/completions",
    "m at http://b/v1/chat/completions",
    "n at http://a/v1/chat/completions",
    "n at http://b/v1/chat/completions",
  ]);
});

Deno.test("by inference, the reason names the model where there are several", async () => {
  const refuse = ({ endpoint }: InferenceProbe) => endpoint.model === "n" ? "no" : null;
  assertEquals((await look("-m m,n", "inference", refuse)).reason, 'no (model "n")');
  assertEquals((await look("-m n", "inference", refuse)).reason, "no");
});

Deno.test("by models, every server must list every model", async () => {
  await withModels(
    ["m", "n"],
    (all) =>
      withModels(["m"], (some) =>
        withModels(null, async (none) => {
          const of = async (args: string) => {
            const { reason, probed } = await look(args, "models", () => "no");
            assertEquals(probed, []);
            return reason;
          };
          assertEquals(await of(`-u ${all} -m m,n`), null);
          assertEquals(
            await of(`-u ${all},${some} -m m,n`),
            `${some}/v1/models lists only m, and not n`,
          );
          assertEquals(await of(`-u ${none} -m m`), `GET ${none}/v1/models answered 503`);
          const closed = closedUrl();
          assertEquals(
            await of(`-u ${closed} -m m`),
            `Cannot reach ${closed}/v1/models: connection refused; is the server running on this port?`,
          );
        })),
  );
});

Deno.test("by both, a short request follows when the model is listed", async () => {
  await withModels(["m"], async (url) => {
    const missing = await look(`-u ${url} -m n`, "both", () => null);
    assertEquals(missing, { reason: `${url}/v1/models lists only m, and not n`, probed: [] });
    const listed = await look(`-u ${url} -m m`, "both", () => "busy");
    assertEquals(listed, { reason: "busy", probed: [`m at ${url}/v1/chat/completions`] });
  });
});

Deno.test("without --model it is waited for, until there are several to choose from", async () => {
  await withModels([], async (url) => {
    const { reason, probed } = await look(`-u ${url}`, "inference", () => null);
    assertEquals(probed, []);
    assertEquals(
      reason,
      `--model: none given and ${url}/v1/models offers no model; name the model by --model`,
    );
  });
  await withModels(["m"], async (url) => {
    const { probed } = await look(`-u ${url}`, "inference", () => null);
    assertEquals(probed, [`m at ${url}/v1/chat/completions`]);
  });
  await withModels(["m", "n"], async (url) => {
    await assertRejects(() => look(`-u ${url}`, "inference", () => null), NoModelError, "2 models");
  });
});
