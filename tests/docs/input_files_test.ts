import { assert, assertEquals } from "@std/assert";
import { parseCommandLine } from "../../common/cli/parse_command_line.ts";
import { resolveRun } from "../../common/config/resolve.ts";
import { readFirstLine } from "../../common/runtime/first_line.ts";
import { checkRegularFile } from "../../common/runtime/regular_file.ts";
import { BUILTIN_TOKENIZER } from "../../common/model/tokenizer_plan.ts";
import type { Dataset } from "../../services/dataset_manager/dataset.ts";
import { openFileDataset } from "../../services/dataset_manager/file/open_file_dataset.ts";
import { BUILTIN_LEXICON } from "../../services/dataset_manager/synthetic/lexicon.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const PAGES = ["input_files.md", "traces.md"];

/** The shell examples of a page. */
async function examplesOf(page: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(page, DOCS));
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, example]) => example!);
}

/** Writes the files that an example makes; returns its other lines. */
async function writeFiles(example: string, folder: string): Promise<string[]> {
  const rest = example.replaceAll(/^mkdir -p (\S+)\n/gm, (_, name) => {
    Deno.mkdirSync(`${folder}/${name}`);
    return "";
  }).replaceAll(/^cat > (\S+) <<'EOF'\n(.*?)^EOF\n/gms, (_, name, content) => {
    Deno.writeTextFileSync(`${folder}/${name}`, content);
    return "";
  });
  return await Promise.resolve(rest.trim().split("\n"));
}

/** The data set that a command line would send. */
async function datasetOf(line: string, folder: string): Promise<Dataset> {
  const args = line.split(" ").slice(1)
    .map((word, i, all) => all[i - 1] === "--input-file" ? `${folder}/${word}` : word);
  const invocation = await parseCommandLine(args, {
    env: () => undefined,
    readFile: (path) => Deno.readTextFile(path),
    readFirstLine,
    checkFile: (path, { mayBeFolder }) => checkRegularFile(path, mayBeFolder),
    width: 100,
  });
  if (invocation.kind !== "profile") throw new Error(`${line}: ${JSON.stringify(invocation)}`);
  const { dataset, endpoint } = resolveRun(invocation.options, {
    cliCommand: line,
    workingDir: folder,
    cpus: 2,
    freshSeed: 1,
    onTerminal: false,
  });
  return await openFileDataset({
    plan: { ...dataset, tokenizer: BUILTIN_TOKENIZER },
    file: dataset.file!,
    isStreaming: endpoint.streaming,
    openLexicon: () => Promise.resolve(BUILTIN_LEXICON),
    nowMs: () => 0,
  });
}

for (const page of PAGES) {
  Deno.test(`the examples of docs/${page} are files that can be sent`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      let runs = 0;
      for (const example of await examplesOf(page)) {
        for (const line of await writeFiles(example, folder)) {
          if (line.startsWith("aiperf analyze-trace ")) continue;
          assert(line.startsWith("aiperf profile --mock-server "), line);
          const dataset = await datasetOf(line, folder);
          assertEquals(dataset.info().isComplete, true);
          for (let i = 0; i < dataset.entries; i++) {
            assert(dataset.conversation(i).turns.length > 0);
          }
          dataset.close();
          runs++;
        }
      }
      assert(runs >= 5);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
