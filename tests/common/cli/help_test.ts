import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { optionsOf } from "../../../common/config/option_table.ts";
import { printed } from "../../helpers/command_line.ts";

for (const command of ["profile", "mock-server", "analyze-trace"] as const) {
  Deno.test(`the help of ${command} has every flag, help and environment name`, async () => {
    const text = (await printed([command, "--help"])).replace(/\s+/g, " ");
    for (const { spec, flags, envName } of optionsOf(command)) {
      for (const flag of flags) assertStringIncludes(text, flag);
      for (const flag of Object.keys(spec.presets ?? {})) assertStringIncludes(text, flag);
      assertStringIncludes(text, spec.help);
      assertStringIncludes(text, `env: ${envName}`);
    }
  });
}

Deno.test("the help of the program has the commands and the options of a run", async () => {
  const text = await printed(["--help"]);
  for (const name of ["profile", "mock-server", "config init"]) assertStringIncludes(text, name);
  for (const { flag } of optionsOf("profile")) assertStringIncludes(text, flag);
});

Deno.test("the help of analyze-trace speaks of a trace, and of nothing that a run does", async () => {
  const text = (await printed(["analyze-trace", "--help"])).replace(/\s+/g, " ");
  assertStringIncludes(text, "--input-file FILE The trace to analyse");
  assertStringIncludes(
    text,
    "--custom-dataset-type mooncake_trace|bailian_trace|burst_gpt_trace|azure_trace The format",
  );
  for (const word of [" Send", "made up", "random_pool", "the run", "Input file and trace"]) {
    assertEquals(text.includes(word), false, word);
  }
});

Deno.test("the help keeps to the width of the terminal where words allow it", async () => {
  for (const width of [80, 100, 140]) {
    const lines = (await printed(["--help"], { width })).split("\n");
    const long = lines.filter((line) => line.length > width && / \S+ \S/.test(line.slice(32)));
    assertEquals(long, []);
  }
});

Deno.test("the help of a command that needs an argument says what to give", async () => {
  const help = async (command: string) => (await printed([command, "--help"])).replace(/\s+/g, " ");
  assertStringIncludes(
    await help("completions"),
    'Give bash, zsh or fish, as in: eval "$(aiperf completions bash)"',
  );
  assertStringIncludes(await help("report"), "Give the folder of a run, ");
});

Deno.test("many choices stand below the help of their option rather than in one long word", async () => {
  const lines = (await printed(["--help"], { width: 100 })).split("\n");
  assertEquals(lines.filter((line) => line.length > 100), []);
  const text = lines.join(" ").replace(/\s+/g, " ");
  assertStringIncludes(text, "--endpoint-type NAME The API to speak. One of audio_transcription, ");
  assertStringIncludes(text, "--ui, --ui-type simple|none ");
});

Deno.test("the help can be read on a very narrow terminal", async () => {
  assert((await printed(["--help"], { width: 10 })).length > 1000);
});

Deno.test("an option's help has its aliases, value, default and environment name", async () => {
  assertStringIncludes(
    await printed(["--help"]),
    `  --request-count, --num-requests N
                                Stop after so many requests; every turn of a conversation is one.
                                [default: twice the concurrency, at least 10; no limit with another
                                limit or a trace; env: AIPERF_REQUEST_COUNT]
`,
  );
});
