import { assert, assertEquals } from "@std/assert";
import { parseCommandLine } from "../../common/cli/parse_command_line.ts";
import { resolveRun } from "../../common/config/resolve.ts";
import { readFirstLine } from "../../common/runtime/first_line.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const PAGES = ["synthetic_data.md", "tokenizers.md", "public_datasets.md"];

/** The command lines of a page, as a shell would see them. */
async function linesOf(page: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(page, DOCS));
  const examples = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, example]) => example!);
  return examples.join("").replaceAll("\\\n", "").split("\n")
    .filter((line) => line.startsWith("$ aiperf profile "))
    .map((line) => line.slice("$ aiperf ".length).replace(/\s+#.*/, ""));
}

/** What it would be said of; empty when the program would start. */
async function refusalOf(line: string): Promise<string> {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)]
    .map(([word, double, single]) => double ?? single ?? word);
  const invocation = await parseCommandLine(words, {
    env: () => undefined,
    readFile: (path) => Deno.readTextFile(path),
    readFirstLine,
    width: 100,
  });
  if (invocation.kind !== "profile") return JSON.stringify(invocation);
  resolveRun(invocation.options, {
    cliCommand: line,
    workingDir: "/data",
    cpus: 2,
    freshSeed: 1,
    onTerminal: false,
  });
  return "";
}

for (const page of PAGES) {
  Deno.test(`the program takes every command line of docs/${page}`, async () => {
    const lines = await linesOf(page);
    assert(lines.length >= 3);
    for (const line of lines) assertEquals([line, await refusalOf(line)], [line, ""]);
  });
}

Deno.test("the program takes every run of the loop that docs/other_tools.md shows for a sweep", async () => {
  const text = await Deno.readTextFile(new URL("other_tools.md", DOCS));
  const [, values, body] = /^for c in ([\d ]+); do\n {2}aiperf (.*?)\ndone$/ms.exec(text)!;
  for (const value of values!.split(" ")) {
    const line = body!.replaceAll(/\\\n +/g, "").replaceAll("$c", value);
    assertEquals([line, await refusalOf(line)], [line, ""]);
  }
});

Deno.test("a command line that the program does not take is told of", async () => {
  assert((await refusalOf("profile --mock-server --isl -5")).includes("--isl"));
});
