import { datasetFile } from "../../../common/model/dataset_file.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { markerWordsSchema } from "../../../common/model/cache_bust.ts";
import { conversationSchema } from "../../../common/model/conversation.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { DatasetManager } from "../../../services/dataset_manager/service.ts";
import { datasetPlanOf } from "../../helpers/dataset_plan.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";

async function withManager(
  dataset: DatasetPlan,
  use: (harness: ComponentHarness<DatasetManager>) => Promise<void>,
): Promise<void> {
  await using harness = await ComponentHarness.up((context) => new DatasetManager(context), {
    type: "dataset_manager",
  });
  await harness.configure({ dataset }).catch((error) => {
    if (dataset.file === null) throw error;
  });
  await use(harness);
}

/** Runs a test with a file that holds `content`. */
async function withFile(content: string, use: (plan: DatasetPlan) => Promise<void>) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, content);
    await use(datasetPlanOf({ osl: null, file: datasetFile(path) }));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("the dataset manager serves made-up conversations and their outlines", async () => {
  await withManager(datasetPlanOf({ turns: { mean: 3, stddev: 0 } }), async (harness) => {
    const worker = await harness.connectAs("worker", "worker_1");
    const answer = await worker.ask({ kind: "get_conversations", indexes: [7, 2] });
    const conversations = (answer as unknown[]).map((one) => conversationSchema.parse(one));
    assertEquals(conversations.map(({ index, turns }) => [index, turns.length]), [[7, 3], [2, 3]]);
    const outlines = await worker.ask({ kind: "get_outlines", first: 998, count: 2 });
    const turn = { delayMs: null, timestampMs: null };
    assertEquals(outlines, [998, 999].map((index) => ({ index, turns: [turn, turn, turn] })));
    const info = { entries: 1_000, isComplete: true, maxTurns: 3, hasTimestamps: false };
    assertEquals(await worker.ask({ kind: "get_dataset_info", beyond: null }), info);
    await assertRejects(() => worker.ask({ kind: "get_conversations", indexes: [1_000] }));
  });
});

Deno.test("the dataset manager serves the conversations of a file", async () => {
  const lines = '{"text":"one","timestamp":5}\n{"text":"two","timestamp":9}\n';
  await withFile(lines, async (plan) => {
    await withManager(plan, async (harness) => {
      const worker = await harness.connectAs("worker", "worker_1");
      const info = { entries: 2, isComplete: true, maxTurns: 1, hasTimestamps: true };
      assertEquals(await worker.ask({ kind: "get_dataset_info", beyond: null }), info);
      const answer = await worker.ask({ kind: "get_conversations", indexes: [1] });
      assertEquals((answer as { turns: { texts: string[] }[] }[])[0]!.turns[0]!.texts, ["two"]);
    });
  });
});

Deno.test("an answer with large conversations holds the first of them only", async () => {
  const line = JSON.stringify({ text: "x".repeat(3 * 1024 * 1024) }) + "\n";
  await withFile(line.repeat(4), async (plan) => {
    await withManager(plan, async (harness) => {
      const worker = await harness.connectAs("worker", "worker_1");
      const indexes = async (asked: number[]) => {
        const answer = await worker.ask({ kind: "get_conversations", indexes: asked });
        return (answer as { index: number }[]).map(({ index }) => index);
      };
      assertEquals(await indexes([0, 1, 2, 3]), [0, 1]);
      assertEquals(await indexes([2, 3]), [2, 3]);
      assertEquals(await indexes([3]), [3]);
    });
  });
});

Deno.test("a bad file is told as bad input, not as a failure", async () => {
  await withFile('{"text":"one"}\n{"text":2}\n', async (plan) => {
    await withManager(plan, async (harness) => {
      const { problem } = await harness.controller.next("bad_input");
      const reason = "line 2: text: must be a text that is not empty, got 2";
      assertEquals(problem, `--input-file: ${plan.file!.path}: ${reason}`);
      assertEquals(harness.controller.of("failure"), []);
      assertEquals(harness.service.state, "failed");
    });
  });
});

Deno.test("the dataset manager has the words of markers where a run wants some", async () => {
  await withManager(datasetPlanOf({ cacheBust: "system_prefix" }), async (harness) => {
    const worker = await harness.connectAs("worker", "worker_1");
    const { words } = markerWordsSchema.parse(await worker.ask({ kind: "get_marker_words" }));
    assert(words.length > 2);
  });
});

Deno.test("no marker can be put into bodies that are sent as they are", async () => {
  await withFile('{"payload":{"messages":[]}}\n', async (plan) => {
    await withManager({ ...plan, cacheBust: "system_prefix" }, async (harness) => {
      const { problem } = await harness.controller.next("bad_input");
      assertEquals(problem, "--cache-bust: the bodies of --input-file are sent as they are");
    });
  });
});
