import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { HubConfig } from "../../../common/hub/hub_config.ts";
import type {
  HuggingFacePlan,
  TokenizerChoice,
  TokenizerPlan,
} from "../../../common/model/tokenizer_plan.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { openChatTemplate, openTokenizer } from "../../../common/tokenizer/open_tokenizer.ts";
import { prepareTokenizer } from "../../../common/tokenizer/prepare_tokenizer.ts";
import { placeOf } from "../../../common/tokenizer/tokenizer_choice.ts";
import { type FakeHub, HUB_COMMIT, withHub } from "../../helpers/fake_hub.ts";
import { tokenizerFolder } from "../../helpers/tokenizers.ts";

interface Asked extends Partial<TokenizerChoice> {
  model?: string;
  hub: HubConfig;
  workingDir?: string;
  home?: string;
}

async function prepare({ model = "m", hub, workingDir = "/none", home, ...choice }: Asked) {
  const said: string[] = [];
  const query = {
    choice: { name: null, revision: "main", appliesChatTemplate: false, ...choice },
    model,
    isMock: false,
  };
  const world = { hub, workingDir, home: home ?? null, say: (line: string) => said.push(line) };
  return { ...await prepareTokenizer(query, placeOf(query), world), said };
}

async function problemOf(asked: Asked): Promise<string> {
  const error = await assertRejects(() => prepare(asked), BadInputError);
  return (error as Error).message.replaceAll(asked.hub.endpoint, "HUB");
}

async function addModel(hub: FakeHub, kind: string, at = "models/org/m@main"): Promise<void> {
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    hub.add(`${at}/${file}`, await Deno.readTextFile(`${tokenizerFolder(kind)}/${file}`));
  }
}

function filesOf(plan: TokenizerPlan): HuggingFacePlan {
  if (plan.kind !== "huggingface") throw new Error("it is built in");
  return plan;
}

async function countOf(plan: TokenizerPlan) {
  return (await openTokenizer(plan)).count("about the work of the world");
}

Deno.test("a tokenizer of the hub is fetched once and is there without the hub afterwards", async () => {
  await withHub(async (hub, folder) => {
    await addModel(hub, "unigram");
    const config = hub.config(folder);
    const first = await prepare({ name: "org/m", hub: config });
    assertEquals(filesOf(first.plan).commit, HUB_COMMIT);
    assertEquals(filesOf(first.plan).name, "org/m");
    assertEquals(first.said.length, 1);
    assert(first.said[0]!.startsWith("Fetching the tokenizer of org/m from http://127.0.0.1:"));
    assert(await countOf(first.plan) > 0);
    const asked = hub.seen.length;
    const again = await prepare({ name: "org/m", hub: { ...config, isOffline: true } });
    assertEquals(again.plan, first.plan);
    assertEquals(again.said, []);
    assertEquals(hub.seen.length, asked);
  });
});

Deno.test("the revision that is asked for is the one that comes", async () => {
  await withHub(async (hub, folder) => {
    await addModel(hub, "unigram");
    await addModel(hub, "wordpiece", "models/org/m@v2");
    const one = await prepare({ name: "org/m", hub: hub.config(folder) });
    const other = await prepare({ name: "org/m", revision: "v2", hub: hub.config(folder) });
    assert(filesOf(one.plan).path !== filesOf(other.plan).path);
  });
});

Deno.test("without --tokenizer the model's own is used when the hub has it", async () => {
  await withHub(async (hub, folder) => {
    await addModel(hub, "unigram");
    const { plan, note } = await prepare({ model: "org/m", hub: hub.config(folder) });
    assertEquals([plan.kind, note], ["huggingface", null]);
  });
});

Deno.test("without --tokenizer a hub that cannot be used is no obstacle, and it is said", async () => {
  await withHub(async (hub, folder) => {
    const config = hub.config(folder);
    const told = async (change: Partial<HubConfig>) => {
      const { plan, note } = await prepare({ model: "org/x", hub: { ...config, ...change } });
      assertEquals(plan, { kind: "builtin", encoding: "o200k_base" });
      return note!.match(/\((.*)\)/)?.[1]?.replaceAll(hub.url, "HUB");
    };
    assertEquals(
      await told({ isOffline: true }),
      "it is not in the cache, and HF_HUB_OFFLINE forbids to fetch it",
    );
    assertEquals(
      await told({}),
      'there is no model "org/x" on HUB, or it is private and HF_TOKEN has to be set',
    );
    hub.delayMs = 1_300;
    assertEquals(await told({}), "cannot reach HUB: no answer in time");
  });
});

Deno.test("a tokenizer that is asked for by name and cannot be had ends the run", async () => {
  await withHub(async (hub, folder) => {
    const config = hub.config(folder);
    hub.add("models/org/empty@main/README.md", "nothing");
    hub.add("models/org/broken@main/tokenizer.json", "{}");
    await addModel(hub, "unigram", "models/org/gated@main");
    hub.gated.set("models/org/gated", "hf_right");
    const told = (name: string, change: Partial<HubConfig> = {}) =>
      problemOf({ name, hub: { ...config, ...change } });
    assertEquals(
      await told("nope"),
      '--tokenizer: nope: there is no model "nope" on HUB, or it is private and HF_TOKEN has to ' +
        "be set; built in are builtin, gpt2, r50k_base, p50k_base, p50k_edit, cl100k_base, " +
        "o200k_base",
    );
    assertEquals(
      await told("org/empty"),
      "--tokenizer: org/empty: HUB/org/empty has no file tokenizer.json at revision main",
    );
    assert((await told("org/broken")).includes(
      "tokenizer.json is not that of a Hugging Face tokenizer (at model)",
    ));
    assertEquals(
      await told("org/gated"),
      "--tokenizer: org/gated: HUB/org/gated is gated: accept its terms there, and set HF_TOKEN " +
        "to a token of the account that did",
    );
    assertEquals(
      await told("org/other", { isOffline: true }),
      "--tokenizer: org/other: it is not in the cache, and HF_HUB_OFFLINE forbids to fetch it; " +
        "without the hub a folder with its tokenizer.json does, or builtin; HF_ENDPOINT names a " +
        "mirror",
    );
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    closed.close();
    const unreachable = { endpoint: `http://127.0.0.1:${closed.addr.port}` };
    assertEquals(
      await told("org/other", unreachable),
      "--tokenizer: org/other: cannot reach HUB: connection refused; without the hub a folder with " +
        "its tokenizer.json does, or builtin; HF_ENDPOINT names a mirror",
    );
    assertStringIncludes(
      await told("gpt5", unreachable),
      "HF_ENDPOINT names a mirror; built in are builtin, gpt2, ",
    );
    assertEquals(
      await told("a b"),
      "--tokenizer: a b: is neither a path nor a name that the hub could know",
    );
    const right = { ...config, token: "hf_right" };
    assertEquals((await prepare({ name: "org/gated", hub: right })).plan.kind, "huggingface");
  });
});

Deno.test("a folder or a tokenizer.json of this machine needs no hub", async () => {
  await withHub(async (hub, folder) => {
    const config = hub.config(folder);
    const fixtures = tokenizerFolder("").replace(/\/$/, "");
    const path = `${fixtures}/unigram/tokenizer.json`;
    for (
      const [name, workingDir] of [
        [`${fixtures}/unigram`, "/none"],
        [`${fixtures}/unigram/`, "/none"],
        [path, "/none"],
        ["./unigram", fixtures],
        ["../tokenizers/unigram", fixtures],
        ["unigram/tokenizer.json", fixtures],
        ["unigram", fixtures],
        ["~/unigram", "/none"],
      ] as const
    ) {
      const { plan } = await prepare({ name, workingDir, home: fixtures, hub: config });
      const files = filesOf(plan);
      assertEquals(await Deno.realPath(files.path), await Deno.realPath(path));
      assert(files.configPath?.endsWith("unigram/tokenizer_config.json"));
    }
    assertEquals(hub.seen, []);
    await Deno.mkdir(`${folder}/old`);
    await Deno.writeTextFile(`${folder}/old/tokenizer.model`, "");
    await Deno.writeTextFile(`${folder}/bad.json`, "{");
    const told = (name: string) => problemOf({ name, hub: config });
    assertEquals(await told(`${folder}`), `--tokenizer: ${folder}: holds no tokenizer.json`);
    assertEquals(
      await told(`${folder}/old`),
      `--tokenizer: ${folder}/old: holds a tokenizer.model, which cannot be read, and no ` +
        "tokenizer.json",
    );
    assertEquals(
      await told(`${folder}/bad.json`),
      `--tokenizer: ${folder}: tokenizer.json is not valid JSON`,
    );
    assertEquals(
      await told("/nope"),
      "--tokenizer: /nope: cannot be read: no such file",
    );
  });
});

Deno.test("what Hugging Face's own tools have fetched is used", async () => {
  await withHub(async (hub, folder) => {
    const repo = `${folder}/hf/models--org--m`;
    await Deno.mkdir(`${repo}/refs`, { recursive: true });
    await Deno.mkdir(`${repo}/snapshots/abc`, { recursive: true });
    await Deno.writeTextFile(`${repo}/refs/main`, "abc");
    const name = "tokenizer.json";
    await Deno.copyFile(`${tokenizerFolder("unigram")}/${name}`, `${repo}/snapshots/abc/${name}`);
    const config = hub.config(folder, { huggingFaceCacheDir: `${folder}/hf`, isOffline: true });
    const { plan } = await prepare({ model: "org/m", hub: config });
    const { commit, configPath } = filesOf(plan);
    assertEquals([commit, configPath], ["abc", null]);
  });
});

Deno.test("a chat template has to be there when it is asked for", async () => {
  await withHub(async (hub, folder) => {
    const chat = { hub: hub.config(folder), appliesChatTemplate: true };
    assertEquals(
      await problemOf({ ...chat, name: tokenizerFolder("unigram") }),
      "--tokenizer: has no chat template, which --apply-chat-template asks for",
    );
    assertEquals(
      await problemOf({ ...chat, model: "llama3" }),
      "--apply-chat-template: the built-in tokenizer has no chat template; name the model's own " +
        "by --tokenizer",
    );
    assert((await problemOf({ ...chat, model: "org/none" })).startsWith("--tokenizer: org/none: "));
    const { plan } = await prepare({ ...chat, name: tokenizerFolder("bpe_split") });
    const render = await openChatTemplate(filesOf(plan));
    assertEquals(
      render([{ role: "user", content: " hi " }]),
      "<|begin|><|role|>user\nhi<|end|><|role|>assistant\n",
    );
  });
});
