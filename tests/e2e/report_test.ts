import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import { filesBelow } from "../helpers/artifacts.ts";
import { aiperfCommand, withSandbox } from "../helpers/run_aiperf.ts";

const RUN = [
  "profile --mock-server --streaming --concurrency 8 --request-count 60 --warmup-request-count 5",
  "--mock-error-rate 0.1 --osl 20 --goodput time_to_first_token:50 --artifact-dir out",
].join(" ").split(" ");

const EXPORTS = [
  ARTIFACT_FILES.requestMetrics,
  ARTIFACT_FILES.summaryJson,
  ARTIFACT_FILES.summaryCsv,
  ARTIFACT_FILES.console,
];

Deno.test("aiperf report makes everything of a run again from its journal", async (t) => {
  await withSandbox(async (sandbox) => {
    const original = await sandbox.run(RUN);
    assertEquals(original.code, 0, original.stderr);
    const copy = `${sandbox.path}/copy`;
    const journal = `${copy}/${ARTIFACT_FILES.records}`;
    await Deno.mkdir(copy);
    await Deno.copyFile(`${sandbox.path}/out/${ARTIFACT_FILES.records}`, journal);

    await t.step("byte for byte, from the journal alone", async () => {
      const { code, stdout, stderr } = await sandbox.run(["report", "copy"]);
      const note =
        "aiperf: copy/inputs.json is not made again: the journal does not hold prompts\n";
      assertEquals({ code, stderr }, { code: 0, stderr: note });
      // What is printed names the files where they are now.
      assertEquals(stdout, original.stdout.replaceAll(`: ${sandbox.path}/out/`, ": copy/"));
      assertStringIncludes(stdout, "JSON Export: copy/profile_export_aiperf.json\n");
      for (const file of EXPORTS) {
        const made = await Deno.readTextFile(`${sandbox.path}/out/${file}`);
        assertEquals(await Deno.readTextFile(`${copy}/${file}`), made, file);
      }
      assertEquals(await filesBelow(copy), [...EXPORTS, ARTIFACT_FILES.records].sort());
    });
    await t.step("and says what is missing when the journal is cut short", async () => {
      const { size } = await Deno.stat(journal);
      await Deno.truncate(journal, Math.floor(size / 2));
      const { code, stdout, stderr } = await sandbox.run(["report", "copy/"]);
      assertEquals(code, 1);
      assertStringIncludes(stdout, "Warning: The journal ends before the run did");
      assertStringIncludes(stderr, "aiperf: The journal ends before the run did");
      assertStringIncludes(stderr, "aiperf: The journal ends in the middle of a line");
      const summary = JSON.parse(
        await Deno.readTextFile(`${copy}/${ARTIFACT_FILES.summaryJson}`),
      );
      assertEquals(summary.was_cancelled, true);
      assertEquals((await Deno.stat(journal)).size, Math.floor(size / 2));
    });
    await t.step("and refuses a folder without a run", async () => {
      assertEquals(await sandbox.run(["report", "r"]), {
        code: 2,
        stdout: "",
        stderr: 'aiperf: There is no run in "r": no r/records.jsonl\n',
      });
    });
  });
});

Deno.test("aiperf report needs no data set, though its prompts were counted afterwards", async () => {
  await withSandbox(async (sandbox) => {
    const lines = Array.from({ length: 6 }, (_, i) => ({
      session_id: `s${i}`,
      turns: [{ text: "What is the capital of France? ".repeat(i + 1) }, { text: "And of Spain?" }],
    }));
    const file = `${sandbox.path}/input.jsonl`;
    await Deno.writeTextFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const args = "--mock-server --streaming --num-sessions 6 --concurrency 2 --artifact-dir out " +
      "--input-file input.jsonl --custom-dataset-type multi_turn";
    const original = await sandbox.run(args.split(" "));
    assertEquals(original.code, 0, original.stderr);
    await Deno.remove(file);
    const made = await Promise.all(
      EXPORTS.map((name) => Deno.readTextFile(`${sandbox.path}/out/${name}`)),
    );
    assertStringIncludes(made[1]!, '"input_sequence_length"');
    const { code, stdout, stderr } = await sandbox.run(["report", "out"]);
    assertEquals({ code, stderr, stdout }, { code: 0, stderr: "", stdout: original.stdout });
    for (const [i, name] of EXPORTS.entries()) {
      assertEquals(await Deno.readTextFile(`${sandbox.path}/out/${name}`), made[i], name);
    }
  });
});

Deno.test("nobody else can write a run's files or enter its folders, whatever the umask", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withSandbox(async (sandbox) => {
    const args = "--mock-server --request-count 4 --artifact-dir deep/out".split(" ");
    const { code } = await new Deno.Command("sh", {
      args: ["-c", 'umask 0; exec "$@"', "-", ...aiperfCommand(args)],
      cwd: sandbox.path,
      ...sandbox.environment(),
      stdout: "null",
      stderr: "null",
    }).output();
    assertEquals(code, 0);
    const folder = `${sandbox.path}/deep/out`;
    for (const path of ["..", ".", "logs", ...await filesBelow(folder)]) {
      const { mode } = await Deno.stat(`${folder}/${path}`);
      assert((mode! & 0o022) === 0, `${path} has mode ${(mode! & 0o777).toString(8)}`);
    }
  });
});
