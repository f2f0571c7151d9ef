import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openChatTemplate } from "../../common/tokenizer/open_tokenizer.ts";
import { readArtifacts } from "../helpers/artifacts.ts";
import { type FakeHub, withHub } from "../helpers/fake_hub.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";
import { fixtureTokenizer, tokenizerFolder } from "../helpers/tokenizers.ts";

const TOKEN = "hf_a_secret_that_nobody_may_see";

/** The environment of a run that has the hub and a cache of its own. */
function environment(hub: FakeHub, cache: string): Record<string, string> {
  const deno = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return { HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN, XDG_CACHE_HOME: cache, DENO_DIR: deno };
}

async function addModel(hub: FakeHub, kind: string, id: string): Promise<void> {
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    const text = await Deno.readTextFile(`${tokenizerFolder(kind)}/${file}`);
    hub.add(`models/${id}@main/${file}`, text, true);
  }
}

/** An answer of a few words, without usage, so that they have to be counted. */
const ANSWER = "Nothing about the world is certain, but the work goes on.";

async function withChat(use: (url: string) => Promise<void>): Promise<void> {
  await withServer(
    (request) =>
      request.method === "POST"
        ? Response.json({ choices: [{ message: { role: "assistant", content: ANSWER } }] })
        : new Response("{}"),
    use,
  );
}

async function filesWith(text: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesWith(text, path));
    if (isFile && (await Deno.readTextFile(path)).includes(text)) found.push(path);
  }
  return found;
}

async function noSecretIn(sandbox: Sandbox, told: string): Promise<void> {
  assert(!told.includes(TOKEN));
  assertEquals(await filesWith(TOKEN, `${sandbox.path}/out`), []);
}

Deno.test("the model's own tokenizer makes and counts the tokens, without being asked for", async () => {
  await withHub(async (hub, cache) => {
    await addModel(hub, "unigram", "org/model");
    const tokenizer = await fixtureTokenizer("unigram");
    await withChat((url) =>
      withSandbox(async (sandbox) => {
        const args = `--url ${url} --model org/model --isl 57 --request-count 6 --random-seed 1 ` +
          "--artifact-dir out";
        const env = environment(hub, cache);
        const { code, stdout, stderr } = await sandbox.run(args.split(" "), { env });
        assertEquals(code, 0, stderr);
        assertStringIncludes(stderr, `aiperf: Fetching the tokenizer of org/model from ${hub.url}`);
        const { records, requests, inputs, inputsText } = await readArtifacts(
          `${sandbox.path}/out`,
        );
        assertEquals(new Set(records.map(({ inputTokens }) => inputTokens)), new Set([57]));
        for (const { payloads } of inputs.data) {
          const [message] = payloads[0]!["messages"] as { content: string }[];
          assertEquals(tokenizer.count(message!.content), 57);
        }
        for (const { metrics } of requests) {
          assertEquals(metrics["output_sequence_length"]!.value, tokenizer.count(ANSWER));
        }
        await noSecretIn(sandbox, stdout + stderr);
        const tokens = (server: string) =>
          hub.seen.filter((one) => one.server === server).map((one) => one.authorization);
        assertEquals(new Set(tokens("hub")), new Set([`Bearer ${TOKEN}`]));
        assertEquals(new Set(tokens("cdn")), new Set([null]));
        const asked = hub.seen.length;
        const again = await sandbox.run([...args.split(" "), "--overwrite"], {
          env: { ...env, HF_HUB_OFFLINE: "1" },
        });
        assertEquals(again.code, 0, again.stderr);
        assert(!again.stderr.includes("tokenizer"), again.stderr);
        assertEquals(hub.seen.length, asked, "nothing is asked of the hub");
        const second = await readArtifacts(`${sandbox.path}/out`);
        assertEquals(second.inputsText, inputsText, "the same seed makes the same bodies");
      })
    );
  });
});

Deno.test("the chat template is counted when that is asked for, also by aiperf report", async () => {
  await withChat((url) =>
    withSandbox(async (sandbox) => {
      const folder = tokenizerFolder("bpe_split");
      const args = `--url ${url} --model m --tokenizer ${folder} --apply-chat-template --isl 40 ` +
        "--conversation-turn-mean 2 --request-count 4 --artifact-dir out";
      const { code, stdout, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const tokenizer = await fixtureTokenizer("bpe_split");
      const render = await openChatTemplate({
        kind: "huggingface",
        name: "bpe_split",
        commit: null,
        path: `${folder}/tokenizer.json`,
        configPath: `${folder}/tokenizer_config.json`,
        chatTemplate: { path: null },
      });
      const { inputs, requests } = await readArtifacts(`${sandbox.path}/out`);
      const user = (payload: Record<string, unknown>) =>
        (payload["messages"] as { role: string; content: string }[]).filter((message) =>
          message.role === "user"
        );
      const expected = inputs.data.flatMap(({ payloads }) => {
        const [first, second] = user(payloads[1]!);
        return [
          tokenizer.count(render([first!])),
          tokenizer.count(render([first!, { role: "assistant", content: "" }, second!])) +
          tokenizer.count(ANSWER),
        ];
      });
      const counted = requests.map(({ metrics }) => metrics["input_sequence_length"]!.value);
      assertEquals(counted, expected);
      const report = await sandbox.run(["report", "out"]);
      assertEquals([report.code, report.stdout], [0, stdout]);
    })
  );
});

Deno.test("a tokenizer that cannot be had ends the run before it begins", async () => {
  await withHub(async (hub, cache) => {
    hub.add("models/org/gated@main/tokenizer.json", "{}");
    hub.gated.set("models/org/gated", "hf_other");
    await withSandbox(async (sandbox) => {
      const env = environment(hub, cache);
      for (
        const [name, problem] of [
          ["org/gated", `--tokenizer: org/gated: ${hub.url}/org/gated is gated: accept its terms `],
          ["org/none", '--tokenizer: org/none: there is no model "org/none" on '],
          ["./none", "--tokenizer: "],
        ] as const
      ) {
        const args = ["--mock-server", "--tokenizer", name, "--artifact-dir", "out"];
        const { code, stdout, stderr } = await sandbox.run(args, { env });
        assertEquals([code, stdout], [2, ""]);
        assertStringIncludes(stderr, problem);
        assert(!stderr.includes(TOKEN));
        assertEquals(await Deno.stat(`${sandbox.path}/out`).catch(() => null), null);
      }
    });
  });
});

Deno.test("a tokenizer whose words cannot be used for prompts is refused as bad input", async () => {
  await withSandbox(async (sandbox) => {
    const model = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
    await Deno.writeTextFile(`${sandbox.path}/tokenizer.json`, JSON.stringify({ model }));
    const args = "--mock-server --tokenizer ./tokenizer.json --artifact-dir out".split(" ");
    const { code, stderr } = await sandbox.run(args);
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "--tokenizer: ");
  });
});

Deno.test("a tokenizer that is not the model's own is spoken of once, when the load begins", async () => {
  await withChat((url) =>
    withSandbox(async (sandbox) => {
      const args = `--url ${url} --model llama3 --isl 9 --request-count 3 --artifact-dir out`;
      const several = await sandbox.run([...args.split(" "), "--num-profile-runs", "2"]);
      assertEquals(several.code, 0, several.stderr);
      const note = "aiperf: Tokens are counted with the built-in tokenizer, o200k_base, in place " +
        'of that of "llama3": choose one by --tokenizer; --tokenizer builtin keeps this one\n';
      assertEquals(several.stderr.split(note).length, 2, several.stderr);
      const chosen = await sandbox.run([
        ...args.split(" "),
        "--overwrite",
        "--tokenizer",
        "builtin",
      ]);
      assertEquals(chosen.code, 0, chosen.stderr);
      assert(!chosen.stderr.includes("okenizer"), chosen.stderr);
    })
  );
});
