import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { flagsOf } from "../../../../common/cli/flags.ts";
import { SHELLS } from "../../../../common/cli/completions/completion_table.ts";
import { printed, problemsOf } from "../../../helpers/command_line.ts";

const BASH = await has("bash");

async function has(shell: string): Promise<boolean> {
  try {
    return (await new Deno.Command(shell, { args: ["--version"], stdout: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

async function run(shell: string, args: string[], cwd?: string): Promise<string> {
  const command = new Deno.Command(shell, { args, ...cwd && { cwd }, stdin: "null" });
  const { stdout, stderr } = await command.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}

/** What bash offers when the last word is to be completed. */
async function bashOffers(words: string[], cwd?: string): Promise<string[]> {
  const script = await printed(["completions", "bash"]);
  const typed = ["aiperf", ...words].map((word) => `'${word}'`).join(" ");
  const text = await run("bash", [
    "--norc",
    "-c",
    `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _aiperf; ` +
    `for word in "\${COMPREPLY[@]}"; do echo "$word"; done`,
  ], cwd);
  return text.split("\n").slice(0, -1);
}

for (const shell of SHELLS) {
  Deno.test(`the script for ${shell} has every flag of every command`, async () => {
    const script = await printed(["completions", shell]);
    const shown = (flag: string) =>
      shell !== "fish"
        ? flag
        : flag.startsWith("--")
        ? `-l ${flag.slice(2)} `
        : ` ${flag.slice(1)} `;
    for (const command of ["profile", "mock-server"] as const) {
      for (const flag of flagsOf(command).keys()) assertStringIncludes(script, shown(flag));
    }
  });

  Deno.test({
    name: `the script for ${shell} is one that ${shell} can read`,
    ignore: !await has(shell),
    async fn() {
      const file = await Deno.makeTempFile();
      try {
        await Deno.writeTextFile(file, await printed(["completions", shell]));
        assertEquals(await run(shell, ["-n", file]), "");
      } finally {
        await Deno.remove(file);
      }
    },
  });
}

Deno.test({
  name: "bash completes commands, flags, and the values that are known",
  ignore: !BASH,
  async fn() {
    assertEquals(await bashOffers(["mo"]), ["mock-server"]);
    assertEquals(await bashOffers(["config", ""]), ["init", "show", "validate"]);
    assertEquals(await bashOffers(["completions", ""]), [...SHELLS]);
    assertEquals(await bashOffers(["--conc"]), ["--concurrency", "--concurrency-ramp-duration"]);
    assertEquals(await bashOffers(["profile", "--wait-for-model-mode", "m"]), ["models"]);
    assertEquals(await bashOffers(["--isl", "5", "--ui", "no"]), ["none"]);
    assertEquals(await bashOffers(["--ui", "=", "no"]), ["none"]);
    assertEquals((await bashOffers(["--ui", "="])).includes("simple"), true);
    assertEquals(await bashOffers(["mock-server", "--tt"]), ["--ttft"]);
    assertEquals(await bashOffers(["mock-server", "--conc"]), []);
    assert((await bashOffers(["config", "show", "--"])).includes("--streaming"));
    assert((await bashOffers(["report", "-"])).includes("--help"));
    // A number that nobody can know.
    assertEquals(await bashOffers(["--concurrency", ""]), []);
  },
});

Deno.test({
  name: "bash completes files and folders where they are wanted, also with spaces",
  ignore: !BASH,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/a b.jsonl`, "");
      await Deno.mkdir(`${folder}/out dir`);
      const offers = (...words: string[]) => bashOffers(words, folder);
      assertEquals((await offers("--input-file", "")).toSorted(), ["a b.jsonl", "out dir"]);
      assertEquals(await offers("--artifact-dir", ""), ["out dir"]);
      assertEquals(await offers("report", ""), ["out dir"]);
      assertEquals(await offers("config", "show", "a"), ["a b.jsonl"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a shell that is not known is named with those that are", async () => {
  assertEquals(await problemsOf(["completions", "ksh"]), [
    'SHELL: must be one of bash, zsh, fish, got "ksh"',
  ]);
  assertEquals(await problemsOf(["completions"]), [
    'SHELL: is missing: give bash, zsh or fish, as in: eval "$(aiperf completions bash)"',
  ]);
});
