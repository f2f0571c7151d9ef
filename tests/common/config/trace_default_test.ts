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

const PLAIN = '{"text":"a"}';
const NO_TIMES = '--fixed-schedule: needs timestamps; the first line of "a" has none';

/** What is said of a file on a fixed schedule. */
async function refusals(text: string, line = ""): Promise<string[]> {
  const args = `--fixed-schedule --input-file a ${line}`.trim().split(" ");
  return await problemsOf(args, { files: { a: text } });
}

Deno.test("a fixed schedule of a file without timestamps is told with all other problems", async () => {
  const line = "--prefill-concurrency 3 --concurrency 4";
  assertEquals(await refusals(PLAIN, line), [
    NO_TIMES,
    "--prefill-concurrency: needs --streaming",
  ]);
});

const UNTIMED: readonly (readonly [text: string, line?: string])[] = [
  ['{"timestamp":null,"text":"a"}'],
  ['{"turns":[{"text":"a"},{"text":"b","delay":3}]}'],
  ['{"timestamp":0,"turns":[{"text":"a"}]}'],
  ['{"turns":[{"role":"system","text":"s","timestamp":3},{"text":"a"}]}'],
  ['{"input_length":9,"hash_ids":[1]}'],
  ['{"session_id":"s","input_length":9,"delay":4}'],
  ['{"messages":[{"role":"user","content":"a"}]}'],
  ['{"timestamp":0,"payloads":[{"messages":[]}]}'],
  ['{"text":"a","turns":[{"timestamp":0}]}', "--custom-dataset-type single_turn"],
  ['{"text":"a"}', "--no-skip-bad-lines"],
];
for (const [text, line = ""] of UNTIMED) {
  Deno.test(`a fixed schedule needs more than ${text} ${line}`, async () => {
    assertEquals(await refusals(text, line), [NO_TIMES]);
  });
}

for (const type of ["random_pool", "raw_payload", "inputs_json"]) {
  Deno.test(`a fixed schedule of a ${type} is refused whatever is in it`, async () => {
    assertEquals(await refusals(TRACE, `--custom-dataset-type ${type}`), [
      `--fixed-schedule: needs timestamps; ${type} has none`,
    ]);
  });
}

/** What has times, and what only the reading of all of it can tell. */
const ACCEPTED: readonly (readonly [text: string, line?: string])[] = [
  [TRACE],
  [TRACE.replaceAll("\n", "\r\n")],
  ['{"timestamp":0,"text":"a"}', "--custom-dataset-type single_turn"],
  ['{"turns":[{"text":"a","timestamp":0}]}', "--custom-dataset-type multi_turn"],
  ['{"turns":[{"role":"developer","text":"s"},{"text":"a","timestamp":0},{"text":"b"}]}'],
  ['{"timestamp":0,"input_length":9}'],
  ['{"timestamp":0,"messages":[{"role":"user","content":"a"}]}'],
  ['{"timestamp":0,"payload":{"messages":[]}}'],
  ['{"session_id":"s","timestamp":7,"text_input":"a"}', "--custom-dataset-type mooncake_trace"],
  ['{"chat_id":1,"parent_chat_id":-1,"timestamp":0.1,"input_length":3}'],
  ["Timestamp,Model,Request tokens,Response tokens"],
  ['"Timestamp","Model","Request tokens","Response tokens"'],
  ["TIMESTAMP,ContextTokens,GeneratedTokens", "--custom-dataset-type azure_trace"],
  ["Time,Tokens", "--custom-dataset-type burst_gpt_trace"],
  ['{"data":[{"timestamp":0,"text":"a"}]}'],
  ['{"data":['],
  ['{"text":"a"}', "--skip-bad-lines"],
  ['{"input_length":90000}', "--synthesis-max-isl 8000"],
  ['{"timestamp":"0","text":"a"}'],
  ['{"timestamp":-1,"text":"a"}'],
  ['{"turns":3}'],
  ['{"turns":[]}'],
  ['{"turns":["a"]}'],
  ["["],
  ["3"],
  [""],
];
for (const [text, line = ""] of ACCEPTED) {
  Deno.test(`a fixed schedule is not refused for ${text} ${line}`, async () => {
    assertEquals(await refusals(text, line), []);
  });
}

Deno.test("a format that does not exist is the only thing said of a line of another", async () => {
  const line = "--custom-dataset-type multiturn";
  const [problem, ...others] = await refusals('{"turns":[{"text":"a"}]}', line);
  assertEquals([problem?.split(":")[0], others], ["--custom-dataset-type", []]);
});

Deno.test("a file that cannot be read says nothing about times", async () => {
  assertEquals(await problemsOf(["--fixed-schedule", "--input-file", "gone"]), []);
});
