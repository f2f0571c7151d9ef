import { assertEquals, assertThrows } from "@std/assert";
import { unlockAndClose } from "../../../common/runtime/file_lock.ts";
import {
  ArtifactDirError,
  prepareArtifactDir,
} from "../../../services/system_controller/artifacts.ts";

async function withFolder(
  files: readonly string[],
  use: (folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of files) {
      await Deno.mkdir(`${folder}/${file.slice(0, file.lastIndexOf("/") + 1)}`, {
        recursive: true,
      });
      await Deno.writeTextFile(`${folder}/${file}`, "text");
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

for (
  const file of [
    "records.jsonl",
    "profile_export_aiperf.json",
    "profile_runs/run_0001/records.jsonl",
    "profile_runs/run_0010/profile_export_aiperf.json",
  ]
) {
  Deno.test(`a folder with ${file} is refused`, async () => {
    await withFolder([file], (folder) => {
      assertThrows(
        () => prepareArtifactDir(folder, { overwrite: false, prefix: "profile_export" }),
        ArtifactDirError,
        `--artifact-dir: "${folder}" already holds a run; choose another folder or give --overwrite`,
      );
    });
  });
}

Deno.test("a journal with nothing but its header does not block its folder", async () => {
  await withFolder([], async (folder) => {
    const path = `${folder}/records.jsonl`;
    const header = '{"journal":1,"config":{}}\n';
    await Deno.writeTextFile(path, header);
    prepareArtifactDir(folder, { overwrite: false, prefix: "profile_export" });
    for (const text of [`${header}{`, '{"id":1}\n', "3\n", "one\n"]) {
      await Deno.writeTextFile(path, text);
      assertThrows(
        () => prepareArtifactDir(folder, { overwrite: false, prefix: "profile_export" }),
        ArtifactDirError,
        "holds a run",
      );
    }
  });
});

Deno.test("a folder with other files is taken, and they stay", async () => {
  await withFolder(["notes.txt", "logs/other.log"], async (folder) => {
    prepareArtifactDir(folder, { overwrite: false, prefix: "profile_export" });
    assertEquals(await namesIn(folder), ["logs", "notes.txt"]);
  });
});

Deno.test("a series of which no run began does not block its folder, and is removed", async () => {
  const aggregate = "aggregate/profile_export_aiperf_aggregate.json";
  await withFolder([aggregate, "profile_runs/run_0001/logs/aiperf.log"], async (folder) => {
    prepareArtifactDir(folder, { overwrite: false, prefix: "profile_export" });
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("a folder that is not there is made", async () => {
  await withFolder([], async (folder) => {
    prepareArtifactDir(`${folder}/a/b`, { overwrite: false, prefix: "profile_export" });
    assertEquals(await namesIn(`${folder}/a`), ["b"]);
  });
});

Deno.test("overwriting removes all runs of the folder, and nothing else", async () => {
  const files = [
    "inputs.json",
    "notes.txt",
    "profile_runs/run_0001/records.jsonl",
    "profile_runs/run_0001/logs/aiperf.log",
    "profile_runs/run_0007/profile_export_aiperf.csv",
    "profile_runs/run_0007/notes.txt",
    "aggregate/profile_export_aiperf_aggregate.json",
    "aggregate/profile_export_aiperf_aggregate.csv",
    "aggregate/profile_export_aiperf_collated.json",
  ];
  await withFolder(files, async (folder) => {
    prepareArtifactDir(folder, { overwrite: true, prefix: "profile_export" });
    assertEquals(await namesIn(folder), ["notes.txt", "profile_runs"]);
    assertEquals(await namesIn(`${folder}/profile_runs`), ["run_0007"]);
    assertEquals(await namesIn(`${folder}/profile_runs/run_0007`), ["notes.txt"]);
  });
});

Deno.test("the folder of a run that goes on is not taken, not even to be overwritten", async () => {
  const path = "profile_runs/run_0002/records.jsonl";
  await withFolder([path], async (folder) => {
    const journal = await Deno.open(`${folder}/${path}`, { write: true });
    await journal.lock(true);
    assertThrows(
      () => prepareArtifactDir(folder, { overwrite: true, prefix: "profile_export" }),
      ArtifactDirError,
      `--artifact-dir: "${folder}" is in use: a run still goes on there (it writes ${folder}/${path})`,
    );
    unlockAndClose(journal);
    prepareArtifactDir(folder, { overwrite: true, prefix: "profile_export" });
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("a file in the way is told", async () => {
  await withFolder(["out"], (folder) => {
    assertThrows(
      () => prepareArtifactDir(`${folder}/out`, { overwrite: false, prefix: "profile_export" }),
      ArtifactDirError,
      `--artifact-dir: cannot write to "${folder}/out": it, or a part of its path, is a file`,
    );
  });
});
