import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HubConfig } from "../../../../common/hub/hub_config.ts";
import type { PublicDatasetRequest } from "../../../../common/model/public_dataset.ts";
import { BUILTIN_TOKENIZER } from "../../../../common/model/tokenizer_plan.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { preparePublic } from "../../../../services/dataset_manager/public/prepare_public.ts";
import { type FakeHub, withHub } from "../../../helpers/fake_hub.ts";

const SHAREGPT = "datasets/anon8231489123/ShareGPT_Vicuna_unfiltered@main/" +
  "ShareGPT_V3_unfiltered_cleaned_split.json";

function request(change: Partial<PublicDatasetRequest>): PublicDatasetRequest {
  return {
    name: "sharegpt",
    subset: null,
    maxEntries: null,
    asksForRecordedLength: true,
    tokenizer: BUILTIN_TOKENIZER,
    say: () => {},
    ...change,
  };
}

async function linesOf(wanted: Partial<PublicDatasetRequest>, hub: HubConfig) {
  const file = await preparePublic(request(wanted), hub);
  const text = await Deno.readTextFile(file.path);
  return { file, lines: text.trim().split("\n").map((line) => JSON.parse(line)) };
}

async function problemOf(wanted: Partial<PublicDatasetRequest>, hub: HubConfig): Promise<string> {
  const error = await assertRejects(() => preparePublic(request(wanted), hub), BadInputError);
  return (error as Error).message.replaceAll(hub.endpoint, "HUB");
}

async function addParquet(hub: FakeHub, name: string, fixture: string): Promise<void> {
  const path = new URL(`../../../fixtures/public_datasets/${fixture}`, import.meta.url);
  hub.add(`datasets/${name}`, await Deno.readFile(path), true);
}

function shareGpt(count: number): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, i) => ({
      id: `id${i}`,
      conversations: i % 2 === 1 ? [] : [
        { from: "human", value: `Question number ${i}, what do you say?` },
        { from: "gpt", value: "I say that all of it is as it should be." },
      ],
    })),
    null,
    2,
  );
}

Deno.test("ShareGPT becomes an input file, with answers as long as the recorded ones", async () => {
  await withHub(async (hub, folder) => {
    hub.add(SHAREGPT, shareGpt(10), true);
    const said: string[] = [];
    const config = hub.config(folder);
    const { file, lines } = await linesOf({ say: (line) => said.push(line) }, config);
    assertEquals(file.format, "single_turn");
    assertEquals(lines.length, 5);
    assertEquals(lines[0], { text: "Question number 0, what do you say?", output_length: 12 });
    assert(said[0]!.startsWith("Downloading ShareGPT_V3_unfiltered_cleaned_split.json of anon"));
    assert(said.at(-1)!.endsWith("(100 %)"), said.at(-1));
    const asked = hub.seen.length;
    const offline = { ...config, isOffline: true };
    assertEquals((await linesOf({}, offline)).file, file);
    assertEquals(hub.seen.length, asked, "nothing is fetched again");
    const few = await linesOf({ maxEntries: 2, asksForRecordedLength: false }, offline);
    assertEquals(
      few.lines.map(({ text }) => text),
      [0, 2].map((i) => `Question number ${i}, what do you say?`),
    );
    assertEquals("output_length" in few.lines[0], false);
  });
});

Deno.test("of a long set only the first 1,000 are taken unless more are asked for", async () => {
  await withHub(async (hub, folder) => {
    hub.add(SHAREGPT, shareGpt(2_400), true);
    assertEquals((await linesOf({}, hub.config(folder))).lines.length, 1_000);
    assertEquals((await linesOf({ maxEntries: 1_100 }, hub.config(folder))).lines.length, 1_100);
  });
});

Deno.test("Parquet files are read in every compression that sets use", async () => {
  await withHub(async (hub, folder) => {
    const config = hub.config(folder);
    await addParquet(
      hub,
      "AI-MO/NuminaMath-TIR@main/data/train-00000-of-00001.parquet",
      "problems_zstd.parquet",
    );
    await addParquet(hub, "Lin-Chen/MMStar@main/mmstar.parquet", "pictures_snappy.parquet");
    await addParquet(
      hub,
      "lmms-lab/LLaVA-OneVision-Data@main/sharegpt4o/train-00000-of-00001.parquet",
      "talks_gzip.parquet",
    );
    await addParquet(
      hub,
      "lmarena-ai/VisionArena-Chat@main/data/train-00000-of-00002.parquet",
      "arena_snappy.parquet",
    );
    const aimo = (await linesOf({ name: "aimo" }, config)).lines;
    assertEquals(aimo.length, 250);
    assertEquals(aimo[249], { text: "Problem 249: what is 249 + 249?" });
    const mmstar = (await linesOf({ name: "mmstar" }, config)).lines;
    assertEquals(mmstar.map(({ text }) => text), ["What is  this?", "Et ça, 什么?"]);
    assert(mmstar[0].images[0].startsWith("data:image/png;base64,iVBORw0KGgo"));
    assert(mmstar[1].images[0].startsWith("data:image/jpeg;base64,"));
    const llava = (await linesOf({ name: "llava_onevision" }, config)).lines;
    assertEquals([llava.length, llava[0].text, llava[0].images.length], [1, "Describe it.", 1]);
    const arena = (await linesOf({ name: "vision_arena" }, config)).lines;
    assertEquals([arena.length, arena[0].text, arena[0].images.length], [1, "Hello", 2]);
  });
});

Deno.test("no more files are fetched than the wanted conversations need", async () => {
  await withHub(async (hub, folder) => {
    for (const shard of [0, 1, 2]) {
      await addParquet(
        hub,
        `AI-MO/NuminaMath-CoT@main/data/train-0000${shard}-of-00003.parquet`,
        "problems_zstd.parquet",
      );
    }
    const wanted = { name: "aimo_numina_cot", maxEntries: 260 } as const;
    assertEquals((await linesOf(wanted, hub.config(folder))).lines.length, 260);
    assertEquals(hub.asked("cdn").length, 2);
  });
});

Deno.test("another subset is looked for in the folder of its name", async () => {
  await withHub(async (hub, folder) => {
    const row = (text: string) => JSON.stringify({ question: text });
    hub.add("datasets/openai/gsm8k@main/main/test.jsonl", `${row("one")}\nnonsense\n[1]\n\n`);
    hub.add("datasets/openai/gsm8k@main/socratic/test.jsonl", row("other"));
    const config = hub.config(folder);
    const usual = await linesOf({ name: "spec_al_gsm8k" }, config);
    assertEquals(usual.lines, [{ text: "one" }]);
    const other = await linesOf({ name: "spec_al_gsm8k", subset: "socratic" }, config);
    assertEquals(other.lines, [{ text: "other" }]);
    assertEquals(
      await problemOf({ name: "spec_al_gsm8k", subset: "nope" }, config),
      '--public-dataset: spec_al_gsm8k: openai/gsm8k has no file in a folder "nope" that can be read',
    );
  });
});

Deno.test("MT-Bench becomes conversations of several turns", async () => {
  await withHub(async (hub, folder) => {
    const rows = [{ prompt: ["a b", "c"] }, { prompt: ["d", "e"] }];
    const text = rows.map((row) => JSON.stringify(row)).join("\n");
    hub.add("datasets/HuggingFaceH4/mt_bench_prompts@main/raw/question.jsonl", text);
    const { file, lines } = await linesOf({ name: "spec_al_mtbench" }, hub.config(folder));
    assertEquals(file.format, "multi_turn");
    assertEquals(lines[1], { session_id: "1", turns: [{ text: "d" }, { text: "e" }] });
  });
});

Deno.test("what cannot be had is said with the name of the set, and nothing is left behind", async () => {
  await withHub(async (hub, folder) => {
    const config = hub.config(folder);
    assertEquals(
      await problemOf({}, config),
      '--public-dataset: sharegpt: there is no dataset "anon8231489123/ShareGPT_Vicuna_unfiltered" ' +
        "on HUB, or it is private and HF_TOKEN has to be set",
    );
    hub.add(SHAREGPT, "[]", true);
    hub.gated.set("datasets/anon8231489123/ShareGPT_Vicuna_unfiltered", "hf_right");
    assert((await problemOf({}, config)).includes(" is gated: accept its terms there"));
    assertEquals(
      await problemOf({}, { ...config, isOffline: true }),
      "--public-dataset: sharegpt: ShareGPT_V3_unfiltered_cleaned_split.json of " +
        "anon8231489123/ShareGPT_Vicuna_unfiltered is not in the cache, and HF_HUB_OFFLINE " +
        "forbids to fetch it; without the hub --input-file sends a copy in a format of " +
        "docs/input_files.md; HF_ENDPOINT names a mirror",
    );
    hub.gated.clear();
    assertEquals(
      await problemOf({}, config),
      "--public-dataset: sharegpt: no conversation of sharegpt can be used",
    );
    assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/datasets`)), []);
  });
});

Deno.test("a file that is no list is named as what it is", async () => {
  await withHub(async (hub, folder) => {
    hub.add(SHAREGPT, '{"a":1}', true);
    assertEquals(
      await problemOf({}, hub.config(folder)),
      "--public-dataset: sharegpt: ShareGPT_V3_unfiltered_cleaned_split.json: is not a list",
    );
    hub.add("datasets/Lin-Chen/MMStar@main/mmstar.parquet", "no Parquet at all", true);
    const broken = await problemOf({ name: "mmstar" }, hub.config(folder));
    assert(broken.startsWith("--public-dataset: mmstar: mmstar.parquet: "), broken);
  });
});
