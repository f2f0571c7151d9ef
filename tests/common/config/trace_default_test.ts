import { assertEquals } from "@std/assert";
import { optionsFor, printed, problemsOf } from "../../helpers/command_line.ts";

const TRACE = '{"timestamp":0,"text":"a"}\n{"timestamp":9,"text":"b"}\n';

async function replays(file: string, line = "--input-file a", env = {}): Promise<boolean> {
  const { values } = await optionsFor(line.split(" "), { files: { a: file }, env });
  return values.fixedSchedule;
}

Deno.test("an input file with timestamps is replayed at their times", async () => {
  assertEquals(await replays(TRACE), true);
  assertEquals(await replays('{"turns":[{"timestamp":3,"text":"a"},{"text":"b"}]}'), true);
  const opening = '{"role":"system","text":"s"}';
  assertEquals(await replays(`{"turns":[${opening},{"timestamp":3,"text":"a"}]}`), true);
  assertEquals(await replays(TRACE, "--concurrency 4 --input-file a"), true);
});

Deno.test("an input file without timestamps, or that cannot be used, sets nothing", async () => {
  const useless = ['{"timestamp":null,"text":"a"}', "[]", "3", "null", "{", "", '{"turns":[{}]}'];
  const later = '{"turns":[{"text":"a"},{"timestamp":3,"text":"b"}]}';
  for (const text of ['{"text":"a"}', '{"turns":{}}', later, ...useless]) {
    assertEquals(await replays(text), false, text);
  }
  assertEquals((await optionsFor(["--input-file", "gone"])).values.fixedSchedule, false);
});

Deno.test("a table of recorded requests is replayed, too", async () => {
  assertEquals(await replays("TIMESTAMP,ContextTokens,GeneratedTokens\n1,2,3"), true);
  assertEquals(await replays("Timestamp,Model,Request tokens,Response tokens\n1,m,2,3"), true);
  assertEquals(await replays("Timestamp,Model\n1,m"), false);
});

Deno.test("what is sent as it is, or drawn, is not replayed for a field of that name", async () => {
  for (const type of ["raw_payload", "inputs_json", "random_pool"]) {
    const line = `--input-file a --custom-dataset-type ${type}`;
    assertEquals(await replays(TRACE, line), false, type);
  }
});

for (
  const pace of [
    "--no-fixed-schedule",
    "--request-rate 5",
    "--user-centric-rate 5 --num-users 10",
    "--concurrency 3 --arrival-pattern concurrency_burst",
  ]
) {
  Deno.test(`timestamps do not count with ${pace}`, async () => {
    assertEquals(await replays(TRACE, `--input-file a ${pace}`), false);
  });
}

Deno.test("a pace from the environment or a file counts as well", async () => {
  assertEquals(await replays(TRACE, "--input-file a", { AIPERF_REQUEST_RATE: "5" }), false);
  assertEquals(await replays(TRACE, "-m m", { AIPERF_INPUT_FILE: "a" }), true);
});

Deno.test("what asks for a trace is content with timestamps, and config show names the file", async () => {
  const args = ["--input-file", "a", "--fixed-schedule-auto-offset"];
  assertEquals(await problemsOf(args, { files: { a: TRACE } }), []);
  const shown = await printed(["config", "show", "--input-file", "a"], { files: { a: TRACE } });
  assertEquals(/enabled: true +# (.*)/.exec(shown)?.[1], "input file, --input-file");
});
