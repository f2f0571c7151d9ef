import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { type FakeHub, withHub } from "../helpers/fake_hub.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";

function environment(hub: FakeHub, cache: string): Record<string, string> {
  const deno = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return { HF_ENDPOINT: hub.url, XDG_CACHE_HOME: cache, DENO_DIR: deno };
}

const SHAREGPT = "datasets/anon8231489123/ShareGPT_Vicuna_unfiltered@main/" +
  "ShareGPT_V3_unfiltered_cleaned_split.json";

function talks(count: number): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, i) => ({
      conversations: [
        { from: "human", value: `This is question ${i}, and what is your answer to it?` },
        { from: "gpt", value: "My answer is that there is none, sadly." },
      ],
    })),
  );
}

Deno.test("a public data set is fetched once and sent, also without the hub later", async () => {
  await withHub(async (hub, cache) => {
    hub.add(SHAREGPT, talks(30), true);
    await withSandbox(async (sandbox) => {
      const args = "--mock-server --public-dataset sharegpt --num-dataset-entries 12 " +
        "--request-count 12 --artifact-dir out";
      const env = environment(hub, cache);
      const first = await sandbox.run(args.split(" "), { env });
      assertEquals(first.code, 0, first.stderr);
      assertStringIncludes(first.stderr, "aiperf: Downloading ShareGPT_V3_unfiltered_cleaned");
      const { inputs, records, json } = await readArtifacts(`${sandbox.path}/out`);
      assertEquals(inputs.data.length, 12);
      const sent = inputs.data.map(({ payloads }) => payloads[0]!);
      for (const [i, body] of sent.entries()) {
        const [message] = body["messages"] as { content: string }[];
        assertEquals(message!.content, `This is question ${i}, and what is your answer to it?`);
        assertEquals(body["max_completion_tokens"], 10);
      }
      assertEquals(records.length, 12);
      assertEquals(
        (json.input_config["input"] as { public_dataset?: string }).public_dataset,
        "sharegpt",
      );
      const asked = hub.seen.length;
      const again = await sandbox.run([...args.split(" "), "--overwrite"], {
        env: { ...env, HF_HUB_OFFLINE: "1" },
      });
      assertEquals(again.code, 0, again.stderr);
      assert(!again.stderr.includes("Downloading"));
      assertEquals(hub.seen.length, asked);
    });
  });
});

Deno.test("a public data set that cannot be had ends the run before it begins", async () => {
  await withHub(async (hub, cache) => {
    await withSandbox(async (sandbox) => {
      const args = "--mock-server --public-dataset aimo --artifact-dir out".split(" ");
      const { code, stderr } = await sandbox.run(args, { env: environment(hub, cache) });
      assertEquals(code, 2);
      assertStringIncludes(stderr, "aiperf: --public-dataset: aimo: ");
      assertEquals(await Deno.stat(`${sandbox.path}/out`).catch(() => null), null);
    });
  });
});

Deno.test("the pictures of a public data set are sent with their questions", async () => {
  await withHub(async (hub, cache) => {
    const fixture = new URL("../fixtures/public_datasets/pictures_snappy.parquet", import.meta.url);
    hub.add("datasets/Lin-Chen/MMStar@main/mmstar.parquet", await Deno.readFile(fixture), true);
    await withSandbox(async (sandbox) => {
      const args = "--mock-server --public-dataset mmstar --request-count 2 --artifact-dir out";
      const { code, stderr } = await sandbox.run(args.split(" "), { env: environment(hub, cache) });
      assertEquals(code, 0, stderr);
      const { inputs } = await readArtifacts(`${sandbox.path}/out`);
      const [message] = inputs.data[0]!.payloads[0]!["messages"] as { content: unknown }[];
      const [text, image] = message!.content as [unknown, { image_url: { url: string } }];
      assertEquals(text, { type: "text", text: "What is  this?" });
      assert(image.image_url.url.startsWith("data:image/png;base64,"));
    });
  });
});
