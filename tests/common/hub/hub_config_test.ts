import { assertEquals } from "@std/assert";
import { hubConfig } from "../../../common/hub/hub_config.ts";
import { fileUrl, isHubId, repoFolder, treeUrl } from "../../../common/hub/hub_file.ts";

function config(env: Record<string, string>, files: Record<string, string> = {}) {
  return hubConfig({ env: (name) => env[name], readFile: (path) => files[path] ?? null });
}

Deno.test("without settings it is the public hub, and the cache is under the home folder", () => {
  assertEquals(config({ HOME: "/home/u" }), {
    endpoint: "https://huggingface.co",
    token: null,
    isOffline: false,
    cacheDir: "/home/u/.cache/aiperf",
    huggingFaceCacheDir: "/home/u/.cache/huggingface/hub",
  });
});

Deno.test("the settings of Hugging Face's tools are honoured", () => {
  const set = config({
    HOME: "/home/u",
    XDG_CACHE_HOME: "/c",
    HF_ENDPOINT: "https://mirror.example/hf/",
    HF_TOKEN: " hf_1\n",
    HF_HUB_OFFLINE: "TRUE",
    HF_HUB_CACHE: "/hub",
  });
  assertEquals(set, {
    endpoint: "https://mirror.example/hf",
    token: "hf_1",
    isOffline: true,
    cacheDir: "/c/aiperf",
    huggingFaceCacheDir: "/hub",
  });
  assertEquals(config({ HF_HOME: "/hf", HF_HUB_OFFLINE: "0" }).huggingFaceCacheDir, "/hf/hub");
  assertEquals(config({ HF_HOME: "/hf", HF_HUB_OFFLINE: "0" }).isOffline, false);
});

Deno.test("the token comes from the variable, else from the file that a login writes", () => {
  const files = { "/h/.cache/huggingface/token": "hf_file\n", "/t": "hf_other" };
  assertEquals(config({ HOME: "/h" }, files).token, "hf_file");
  assertEquals(config({ HOME: "/h", HF_TOKEN: "hf_env" }, files).token, "hf_env");
  assertEquals(config({ HOME: "/h", HF_TOKEN_PATH: "/t" }, files).token, "hf_other");
  const not = { HOME: "/h", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
  assertEquals(config(not, files).token, null);
});

Deno.test("ids of repositories are told from other texts", () => {
  for (const id of ["gpt2", "Qwen/Qwen3-0.6B", "a/b_c.d", "bert-base-uncased"]) {
    assertEquals(isHubId(id), true, id);
  }
  for (const id of ["", "a/b/c", "/a", "a/", "../a", "a b", "a//b", "a:b", "a--b", "x.git", "-a"]) {
    assertEquals(isHubId(id), false, id);
  }
});

Deno.test("addresses and folders are those of the hub's layout", () => {
  const model = { kind: "model", id: "org/m", revision: "refs/pr/1" } as const;
  const set = { kind: "dataset", id: "org/s", revision: "main" } as const;
  assertEquals(
    fileUrl("https://h", { repo: model, path: "a b/c.json" }),
    "https://h/org/m/resolve/refs%2Fpr%2F1/a%20b/c.json",
  );
  assertEquals(
    fileUrl("https://h/x", { repo: set, path: "c.json" }),
    "https://h/x/datasets/org/s/resolve/main/c.json",
  );
  assertEquals(
    treeUrl("https://h", set, "d/e"),
    "https://h/api/datasets/org/s/tree/main/d/e?recursive=true",
  );
  assertEquals(repoFolder("/c", "http://h:80/x", model), "/c/hub/h/models--org--m/refs%2Fpr%2F1");
});
