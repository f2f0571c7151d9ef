import { assert, assertEquals, assertRejects } from "@std/assert";
import { fetchFile, findCached } from "../../../common/hub/fetch_file.ts";
import { HubError } from "../../../common/hub/hub_error.ts";
import type { HubFile } from "../../../common/hub/hub_file.ts";
import { FakeHub, HUB_COMMIT, withHub } from "../../helpers/fake_hub.ts";

const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);

function fileOf(path: string, change: Partial<HubFile["repo"]> = {}): HubFile {
  return { path, repo: { kind: "dataset", id: "org/set", revision: "main", ...change } };
}

async function message(work: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(work, HubError)).message;
}

for (const isLarge of [false, true]) {
  const what = isLarge ? "a large file, from another server," : "a small file";
  Deno.test(`${what} is fetched once, checked, and then read from the cache`, async () => {
    await withHub(async (hub, folder) => {
      hub.add("datasets/org/set@main/data/a b.bin", BYTES, isLarge);
      const config = hub.config(folder);
      const file = fileOf("data/a b.bin");
      assertEquals(await findCached(config, file), null);
      const progress: number[] = [];
      const fetched = await fetchFile(config, file, {
        onProgress: ({ received, total }) => {
          assertEquals(total, BYTES.length);
          progress.push(received);
        },
      });
      assertEquals(await Deno.readFile(fetched.path), BYTES);
      assertEquals(fetched.commit, HUB_COMMIT);
      assertEquals(progress.at(-1), BYTES.length);
      const asked = hub.seen.length;
      assertEquals(await fetchFile(config, file), fetched);
      assertEquals(await fetchFile({ ...config, isOffline: true }, file), fetched);
      assertEquals(hub.seen.length, asked);
    });
  });
}

Deno.test("the token goes to the hub and not to where the hub redirects to", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES, true);
    await fetchFile(hub.config(folder, { token: "hf_secret" }), fileOf("a.bin"));
    const tokens = (server: "hub" | "cdn") => [
      ...new Set(hub.seen.filter((one) => one.server === server).map((one) => one.authorization)),
    ];
    assertEquals(tokens("hub"), ["Bearer hf_secret"]);
    assertEquals(tokens("cdn"), [null]);
    for await (const { name } of Deno.readDir(folder)) assert(!name.includes("secret"));
  });
});

for (const isLarge of [false, true]) {
  const what = isLarge ? "another server" : "the hub";
  Deno.test(`a download that breaks off goes on where it was, from ${what}`, async () => {
    await withHub(async (hub, folder) => {
      hub.add("datasets/org/set@main/a.bin", BYTES, isLarge);
      hub.breakOff = { afterBytes: 100_000, times: 2 };
      const { path } = await fetchFile(hub.config(folder), fileOf("a.bin"));
      assertEquals(await Deno.readFile(path), BYTES);
      const ranges = hub.seen.filter(({ method, server }) =>
        method === "GET" && server === (isLarge ? "cdn" : "hub")
      ).map(({ range }) => range);
      assertEquals(ranges[0], null);
      assertEquals(ranges.length, 3);
      assert(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? "")), `${ranges}`);
    });
  });
}

Deno.test("the next run goes on with the download of a run that was ended", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES, true);
    hub.breakOff = { afterBytes: 100_000, times: 1 };
    const stop = new AbortController();
    await assertRejects(
      () =>
        fetchFile(hub.config(folder), fileOf("a.bin"), {
          signal: stop.signal,
          onProgress: () => stop.abort(new Error("Ctrl-C")),
        }),
      Error,
      "Ctrl-C",
    );
    assertEquals(await findCached(hub.config(folder), fileOf("a.bin")), null);
    const { path } = await fetchFile(hub.config(folder), fileOf("a.bin"));
    assertEquals(await Deno.readFile(path), BYTES);
    assert(/^bytes=[1-9]/.test(hub.seen.at(-1)!.range ?? ""), "from where it was");
  });
});

Deno.test("what came damaged is refused and not kept", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES, true);
    hub.isDamaging = true;
    const config = hub.config(folder);
    assertEquals(
      await message(() => fetchFile(config, fileOf("a.bin"))),
      "a.bin of org/set came damaged: its checksum is not what the hub says; it was thrown away, " +
        "try again",
    );
    assertEquals(await findCached(config, fileOf("a.bin")), null);
    hub.isDamaging = false;
    assertEquals(await Deno.readFile((await fetchFile(config, fileOf("a.bin"))).path), BYTES);
  });
});

Deno.test("two that want the same file at the same time fetch it once", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES, true);
    const config = hub.config(folder);
    const both = await Promise.all([1, 2].map(() => fetchFile(config, fileOf("a.bin"))));
    assertEquals(both[0], both[1]);
    assertEquals(hub.asked("cdn").length, 1);
  });
});

Deno.test("a cache that cannot be used is named, and one that was spoilt is made anew", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES);
    await Deno.writeTextFile(`${folder}/file`, "");
    assertEquals(
      await message(() => fetchFile(hub.config(`${folder}/file`), fileOf("a.bin"))),
      `cannot write to the cache ${folder}/file: a part of the path is no folder`,
    );
    const { path } = await fetchFile(hub.config(folder), fileOf("a.bin"));
    await Deno.writeTextFile(`${path}.aiperf.json`, "{");
    assertEquals((await fetchFile(hub.config(folder), fileOf("a.bin"))).path, path);
    await Deno.remove(path);
    assertEquals((await fetchFile(hub.config(folder), fileOf("a.bin"))).path, path);
  });
});

Deno.test("what the hub refuses is said in words that help", async () => {
  await withHub(async (hub, folder) => {
    hub.add("datasets/org/set@main/a.bin", BYTES);
    hub.add("models/org/gated@main/a.bin", BYTES);
    hub.gated.set("models/org/gated", "hf_right");
    const config = hub.config(folder);
    const withToken = { ...config, token: "hf_wrong" };
    const gated = fileOf("a.bin", { kind: "model", id: "org/gated" });
    const told = async (file: HubFile, change = config) =>
      (await message(() => fetchFile(change, file))).replaceAll(hub.url, "HUB");
    assertEquals(
      await told(fileOf("b.bin")),
      "HUB/datasets/org/set has no file b.bin at revision main",
    );
    assertEquals(
      await told(fileOf("a.bin", { revision: "v9" })),
      'HUB/datasets/org/set has no revision "v9"',
    );
    assertEquals(
      await told(fileOf("a.bin", { id: "org/nope" })),
      'there is no dataset "org/nope" on HUB, or it is private and HF_TOKEN has to be set',
    );
    assertEquals(
      await told(gated),
      "HUB/org/gated is gated: accept its terms there, and set HF_TOKEN to a token of the " +
        "account that did",
    );
    assertEquals(
      await told(gated, withToken),
      "HUB/org/gated is gated: accept its terms there with the account that the token in " +
        "HF_TOKEN belongs to",
    );
    assertEquals(
      await told(fileOf("c.bin"), { ...config, isOffline: true }),
      "c.bin of org/set is not in the cache, and HF_HUB_OFFLINE forbids to fetch it",
    );
    const right = await fetchFile({ ...config, token: "hf_right" }, gated);
    assertEquals(await Deno.readFile(right.path), BYTES);
  });
});

Deno.test("a hub that does not answer is named, and not waited for longer than wanted", async () => {
  const gone = new FakeHub();
  await gone.close();
  const folder = await Deno.makeTempDir();
  const refused = await message(() => fetchFile(gone.config(folder), fileOf("a.bin")));
  assertEquals(refused, `cannot reach ${gone.url}: connection refused`);
  await Deno.remove(folder, { recursive: true });
  await withHub(async (hub, cache) => {
    hub.delayMs = 300;
    const late = await message(() =>
      fetchFile(hub.config(cache), fileOf("a.bin"), { answerMs: 20 })
    );
    assertEquals(late, `cannot reach ${hub.url}: no answer in time`);
  });
});
