import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  PUBLIC_DATASETS,
  type PublicDatasetName,
} from "../../../../common/model/public_dataset.ts";
import { isHubId } from "../../../../common/hub/hub_file.ts";
import { entryLine } from "../../../../services/dataset_manager/public/entry_line.ts";
import {
  kindOf,
  pickFiles,
  type PublicEntry,
  type Row,
} from "../../../../services/dataset_manager/public/public_set.ts";
import { imageOf } from "../../../../services/dataset_manager/public/row_fields.ts";
import { PUBLIC_SETS } from "../../../../services/dataset_manager/public/sets.ts";

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3);
const PNG_URI = `data:image/png;base64,${btoa(String.fromCharCode(...PNG))}`;

function read(name: PublicDatasetName, row: Row): PublicEntry | null {
  return PUBLIC_SETS[name].read(row);
}

function one(text: string, rest: Partial<PublicEntry> = {}): PublicEntry {
  return { turns: [text], images: [], answer: null, ...rest };
}

Deno.test("every set has a repository that can be asked for, and looks at some columns", () => {
  for (const name of PUBLIC_DATASETS) {
    const { repo, columns, path } = PUBLIC_SETS[name];
    assertEquals(isHubId(repo), true, name);
    assertEquals(columns.length > 0, true, name);
    assertEquals(path === null || kindOf(path) !== null, true, name);
  }
});

Deno.test("of ShareGPT the first question is asked, and its answer remembered", () => {
  const conversations = [
    { from: "human", value: "Why?" },
    { from: "gpt", value: "Because." },
    { from: "human", value: "And?" },
  ];
  assertEquals(read("sharegpt", { conversations }), one("Why?", { answer: "Because." }));
  for (
    const row of [
      {},
      { conversations: [] },
      { conversations: conversations.slice(0, 1) },
      { conversations: [{ value: 1 }, { value: "b" }] },
      { conversations: [null, null] },
      { conversations: "text" },
    ]
  ) assertEquals(read("sharegpt", row), null);
});

Deno.test("sets of prompts have them in the column that is theirs", () => {
  const columns = [
    ["aimo", "problem"],
    ["aimo_aime", "problem"],
    ["aimo_numina_cot", "problem"],
    ["aimo_numina_1_5", "problem"],
    ["spec_al_gsm8k", "question"],
    ["spec_al_math500", "problem"],
    ["spec_al_humaneval", "prompt"],
    ["spec_al_mbpp", "text"],
  ] as const;
  for (const [name, column] of columns) {
    assertEquals(read(name, { [column]: "What?", other: 1 }), one("What?"), name);
    for (const value of [null, "", " \n", 3]) assertEquals(read(name, { [column]: value }), null);
  }
});

Deno.test("instructions and edits hold what they are about", () => {
  assertEquals(
    read("instruct_coder", { instruction: "Sort.", input: " a = 1\n" }),
    one("Sort.\n\na = 1"),
  );
  assertEquals(read("instruct_coder", { instruction: "Sort.", input: "" }), one("Sort."));
  assertEquals(read("instruct_coder", { input: "x" }), null);
  const edit = read("blazedit_5k", { code: "a = 1", change_request: "Rename a." });
  assertEquals(edit?.turns[0]?.includes("a = 1") && edit.turns[0].endsWith("Rename a."), true);
  assertEquals(read("blazedit_10k", { code: "a = 1" }), null);
});

Deno.test("MT-Bench is held turn by turn", () => {
  assertEquals(read("spec_al_mtbench", { prompt: ["a", "b"] }), { ...one(""), turns: ["a", "b"] });
  assertEquals(read("spec_al_mtbench", { prompt: [] }), null);
});

Deno.test("sets of pictures send them as data URIs, and nothing without one", () => {
  const image = { bytes: PNG, path: null };
  const images = [PNG_URI];
  assertEquals(read("mmstar", { question: "What?", image: PNG }), one("What?", { images }));
  assertEquals(read("mmstar", { question: "What?", image: null }), null);
  assertEquals(
    read("llava_onevision", { conversations: [{ from: "human", value: "<image>\nWhat?" }], image }),
    one("What?", { images }),
  );
  assertEquals(
    read("vision_arena", {
      conversation: [[{ role: "user", content: "See" }]],
      images: [image, image],
    }),
    one("See", { images: [PNG_URI, PNG_URI] }),
  );
  assertEquals(read("vision_arena", { conversation: [], images: [image] }), null);
});

Deno.test("the type of a picture is seen by its first bytes", () => {
  const of = (...bytes: number[]) => imageOf(Uint8Array.from(bytes))?.slice(0, 17);
  assertEquals(of(0xff, 0xd8, 0xff, 0), "data:image/jpeg;b");
  assertEquals(of(0x47, 0x49, 0x46, 0x38), "data:image/gif;ba");
  assertEquals(of(0x52, 0x49, 0x46, 0x46), "data:image/webp;b");
  assertEquals(imageOf(Uint8Array.of(1, 2, 3)), null);
  assertEquals(imageOf("text"), null);
  const long = Uint8Array.from({ length: 100_000 }, (_, i) => i < 4 ? PNG[i]! : i % 256);
  const uri = imageOf({ bytes: long })!;
  assertEquals(Uint8Array.fromBase64(uri.slice(uri.indexOf(",") + 1)), long);
});

function files(...paths: string[]) {
  return paths.map((path) => ({ path, size: 1 }));
}

Deno.test("the files of a set are found among all of its repository", () => {
  const train = { subset: null, split: "train" };
  const all = files(
    "README.md",
    "data/train-00001-of-00002.parquet",
    "data/train-00000-of-00002.parquet",
    "data/test-00000-of-00001.parquet",
    "train.json",
    "trainer.jsonl",
  );
  const shards = ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"];
  assertEquals(pickFiles(all, train), shards);
  assertEquals(pickFiles(all, { ...train, split: "test" }), ["data/test-00000-of-00001.parquet"]);
  const folders = files("main/train-0.parquet", "socratic/train-0.parquet", "main/test-0.parquet");
  assertEquals(pickFiles(folders, { subset: "main", split: "test" }), ["main/test-0.parquet"]);
  assertEquals(pickFiles(folders, { subset: "none", split: "test" }), []);
  assertEquals(pickFiles(files("raw/question.jsonl"), train), ["raw/question.jsonl"]);
  assertEquals(pickFiles(files("b.json", "a.jsonl"), train), ["a.jsonl"]);
  assertEquals(pickFiles(files("README.md"), train), []);
});

/** Counts words. */
function count(text: string): number {
  return text.split(" ").filter((word) => word !== "").length;
}

function words(number: number): string {
  return new Array(number).fill("w").join(" ");
}

Deno.test("an entry becomes a line of an input file", () => {
  const free = { count: null, asksForRecordedLength: true };
  assertEquals(entryLine(one("a"), free, 0), '{"text":"a"}');
  assertEquals(entryLine(one("a", { images: ["u"] }), free, 0), '{"text":"a","images":["u"]}');
  assertEquals(
    entryLine({ turns: ["a", "b"], images: [], answer: null }, free, 7),
    '{"session_id":"7","turns":[{"text":"a"},{"text":"b"}]}',
  );
});

Deno.test("too short and too long questions and answers are left out", () => {
  const line = (prompt: number, output: number, asksForRecordedLength = true) =>
    entryLine(one(words(prompt), { answer: words(output) }), { count, asksForRecordedLength }, 0);
  const kept = (prompt: number, output: number, asks = true) => line(prompt, output, asks) !== null;
  assertEquals(JSON.parse(line(10, 20)!), { text: words(10), output_length: 20 });
  assertEquals(JSON.parse(line(10, 20, false)!), { text: words(10) });
  assertEquals([kept(3, 20), kept(4, 20), kept(1_024, 20), kept(1_025, 20)], [
    false,
    true,
    true,
    false,
  ]);
  assertEquals([kept(10, 3), kept(10, 4), kept(10, 2_038), kept(10, 2_039)], [
    false,
    true,
    true,
    false,
  ]);
  assertEquals(kept(10, 3, false), true);
});

Deno.test("whatever a row holds, it is read or left out", () => {
  const names = [...new Set(PUBLIC_DATASETS.flatMap((name) => PUBLIC_SETS[name].columns))];
  const value = fc.oneof(
    fc.anything(),
    fc.uint8Array(),
    fc.array(fc.record({ value: fc.string(), content: fc.string(), bytes: fc.uint8Array() })),
    fc.array(fc.array(fc.record({ content: fc.anything() }))),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...PUBLIC_DATASETS),
      fc.dictionary(fc.constantFrom(...names), value),
      (name, row) => {
        const entry = read(name, row);
        if (entry === null) return;
        assertEquals(entry.turns.length > 0, true);
        assertEquals(
          [...entry.turns, ...entry.images].every((text) => typeof text === "string"),
          true,
        );
      },
    ),
    { numRuns: 2_000 },
  );
});
