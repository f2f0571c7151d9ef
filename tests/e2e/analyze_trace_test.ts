import { assert, assertEquals } from "@std/assert";
import { withSandbox } from "../helpers/run_aiperf.ts";

const PAGE = new URL("../../docs/traces.md", import.meta.url);

/** The example of the page: its file, its command line and its output. */
async function example(): Promise<{ file: string; args: string[]; output: string }> {
  const page = await Deno.readTextFile(PAGE);
  const [, file, line, output] =
    /<<'EOF'\n([^`]*?)EOF\naiperf (analyze-trace [^\n]*)\n```\n\n```\n(.*?)```/s.exec(page)!;
  return { file: file!, args: line!.split(" "), output: output! };
}

Deno.test("the analysis of a trace is a table and a file, as the page shows it", async () => {
  const { file, args, output } = await example();
  await withSandbox(async (sandbox) => {
    await Deno.writeTextFile(`${sandbox.path}/trace.jsonl`, file);
    const { code, stdout, stderr } = await sandbox.run(args);
    assertEquals([code, stderr, stdout], [0, "", output]);
    const json = JSON.parse(await Deno.readTextFile(`${sandbox.path}/analysis.json`));
    assertEquals([json.total_requests, json.unique_blocks, json.shared_blocks], [3, 7, 2]);
    const byFlag = await sandbox.run(["analyze-trace", "--input-file", "trace.jsonl"]);
    assertEquals(byFlag.stdout, output);
  });
});

Deno.test("what cannot be analysed is told with exit code 2", async () => {
  await withSandbox(async (sandbox) => {
    const write = (text: string) => Deno.writeTextFile(`${sandbox.path}/t.jsonl`, text);
    const run = (...more: string[]) => sandbox.run(["analyze-trace", "t.jsonl", ...more]);
    await write('{"input_length":5}\n{"input_length":-5}\n{"input_length":6}\n');
    const reason = "line 2: input_length: must be a whole number of at least 1, got -5";
    const bad = await run();
    assertEquals([bad.code, bad.stdout, bad.stderr], [
      2,
      "",
      `aiperf: --input-file: t.jsonl: ${reason}\n`,
    ]);
    await write("PAR1");
    const stderr =
      "aiperf: --input-file: t.jsonl: is a Parquet file: make JSON lines of it first\n";
    assertEquals((await run()).stderr, stderr);
    await write('{"input_length":5}\n{"input_length":-5}\n{"input_length":6}\n');
    const skipped = await run("--skip-bad-lines");
    assertEquals([skipped.code, skipped.stderr], [0, `aiperf: left out ${reason}\n`]);
    assert(skipped.stdout.includes("Requests                  2\n"), skipped.stdout);
    await write('{"text":"a"}\n');
    assert((await run()).stderr.includes("t.jsonl: is single_turn, and no recorded trace"));
    const missing = await sandbox.run(["analyze-trace"]);
    assertEquals([missing.code, missing.stderr.includes("--input-file: is missing")], [2, true]);
  });
});
