import { assert, assertEquals } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";

/** A chat request as the server saw it. */
interface Seen {
  atMs: number;
  endMs: number;
  correlationId: string;
  messages: { role: string; content: string }[];
  maxTokens: number | undefined;
}

/** A session of `inputs.json`. */
interface Session {
  "session_id": string;
  payloads: { messages: { content: string }[] }[];
}

/** Answers every chat with `answer N to <last message>` after 20 ms, and logs what it was asked. */
function chatServer(seen: Seen[]) {
  return async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return new Response("{}");
    const atMs = performance.now();
    const body = await request.json();
    const last = body.messages.at(-1).content;
    const number = seen.length;
    const entry: Seen = {
      atMs,
      endMs: 0,
      correlationId: request.headers.get("x-correlation-id") ?? "",
      messages: body.messages,
      maxTokens: body.max_completion_tokens,
    };
    seen.push(entry);
    await new Promise((resolve) => setTimeout(resolve, 20));
    entry.endMs = performance.now();
    return Response.json({
      choices: [{ message: { role: "assistant", content: `answer ${number} to ${last}` } }],
      usage: { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 },
    });
  };
}

const SESSIONS = [
  {
    session_id: "s1",
    turns: [
      { role: "system", text: "be brief" },
      { text: "one two", output_length: 4 },
      { text: "three", delay: 60 },
    ],
  },
  { session_id: "s2", turns: [{ text: "four five six" }, { text: "seven", delay: 90 }] },
].map((session) => JSON.stringify(session)).join("\n");

Deno.test("the conversations of a file are held turn by turn, with the server's answers", async (t) => {
  const seen: Seen[] = [];
  await withServer(chatServer(seen), async (url) => {
    await withSandbox(async (sandbox) => {
      await Deno.writeTextFile(`${sandbox.path}/in.jsonl`, SESSIONS);
      const args = `--url ${url} --model m --input-file in.jsonl --artifact-dir out ` +
        "--concurrency 2 --num-sessions 4 --workers-max 2";
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const { records, requests } = await readArtifacts(`${sandbox.path}/out`);
      const sessions = [...Map.groupBy(seen, ({ correlationId }) => correlationId).values()];

      await t.step("each session has an id and all of its turns", () => {
        assertEquals(sessions.map((turns) => turns.length), [2, 2, 2, 2]);
      });
      await t.step("the second turn follows the first with the answer to it", () => {
        for (const [first, second] of sessions) {
          const answer = `answer ${seen.indexOf(first!)} to ${first!.messages.at(-1)!.content}`;
          assertEquals(second!.messages.slice(0, -1), [
            ...first!.messages,
            { role: "assistant", content: answer },
          ]);
        }
      });
      await t.step("the system prompt begins every request of its conversation", () => {
        const prompted = seen.filter(({ messages }) => messages[0]!.role === "system");
        assertEquals(prompted.map(({ messages }) => messages.length).sort(), [2, 2, 4, 4]);
      });
      await t.step("the pause is counted from the end of the answer", () => {
        for (const [first, second] of sessions) {
          const delayMs = first!.messages.at(-1)!.content === "one two" ? 60 : 90;
          assert(second!.atMs - first!.endMs >= delayMs - 1);
        }
      });
      await t.step("the length asked for is the file's", () => {
        assertEquals(seen.filter(({ maxTokens }) => maxTokens === 4).length, 2);
      });
      await t.step("a session stays on one worker", () => {
        for (const turns of Map.groupBy(records, (r) => r.correlationId).values()) {
          assertEquals(new Set(turns.map(({ workerId }) => workerId)).size, 1);
          assertEquals(turns.map(({ turnIndex }) => turnIndex).sort(), [0, 1]);
        }
      });
      await t.step("the input of a second turn counts what was said before", () => {
        const lengths = requests.map(({ metadata, metrics }) =>
          `${metadata["conversation_id"]}/${metadata["turn_index"]} ${
            JSON.stringify(metrics["input_sequence_length"])
          }`
        );
        const length = (value: number) => JSON.stringify({ value, unit: "tokens" });
        assertEquals(
          [...new Set(lengths)].sort(),
          [
            `s1/0 ${length(4)}`,
            `s1/1 ${length(4 + 5 + 1)}`,
            `s2/0 ${length(3)}`,
            `s2/1 ${length(3 + 5 + 1)}`,
          ],
        );
      });
      await t.step("inputs.json has every turn, without the answers", async () => {
        const { data } = JSON.parse(await Deno.readTextFile(`${sandbox.path}/out/inputs.json`));
        const said = (data as Session[]).map((session) => [
          session["session_id"],
          session.payloads.map(({ messages }) => messages.map(({ content }) => content)),
        ]);
        assertEquals(said, [
          ["s1", [["be brief", "one two"], ["be brief", "one two", "three"]]],
          ["s2", [["four five six"], ["four five six", "seven"]]],
        ]);
      });
    });
  });
});

const RECORDED = [
  { session_id: "s1", turns: [{ text: "one two", answer: "hello there" }, { text: "three" }] },
].map((session) => JSON.stringify(session)).join("\n");

const HISTORIES: readonly [string, string[], number][] = [
  ["dataset", ["one two", "hello there", "three"], 2 + 2 + 1],
  ["none", ["three"], 1],
];

for (const [history, said, inputTokens] of HISTORIES) {
  Deno.test(`--history ${history}: what a second turn holds of the first, and its length`, async () => {
    const seen: Seen[] = [];
    await withServer(chatServer(seen), async (url) => {
      await withSandbox(async (sandbox) => {
        await Deno.writeTextFile(`${sandbox.path}/in.jsonl`, RECORDED);
        const args = `--url ${url} --model m --input-file in.jsonl --artifact-dir out ` +
          `--concurrency 1 --num-sessions 2 --history ${history} --tokenizer builtin`;
        const { code, stderr } = await sandbox.run(args.split(" "));
        assertEquals(code, 0, stderr);
        const second = seen.filter(({ messages }) => messages.at(-1)!.content === "three");
        assertEquals(second.map(({ messages }) => messages.map(({ content }) => content)), [
          said,
          said,
        ]);
        const { requests, inputs } = await readArtifacts(`${sandbox.path}/out`);
        const lengths = requests.filter(({ metadata }) => metadata["turn_index"] === 1)
          .map(({ metrics }) => metrics["input_sequence_length"]!.value);
        assertEquals(lengths, [inputTokens, inputTokens]);
        const payloads = inputs.data[0]!.payloads as Session["payloads"];
        assertEquals(payloads[1]!.messages.map(({ content }) => content), said);
      });
    });
  });
}

Deno.test("a file with timestamps is replayed at their times", async () => {
  const times = [1_000, 1_150, 1_150, 1_400];
  await withServer(chatServer([]), async (url) => {
    await withSandbox(async (sandbox) => {
      const lines = times.map((timestamp, i) => JSON.stringify({ text: `prompt ${i}`, timestamp }));
      await Deno.writeTextFile(`${sandbox.path}/in.jsonl`, lines.join("\n"));
      const args = `--url ${url} --model m --input-file in.jsonl --fixed-schedule ` +
        "--artifact-dir out";
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
      const records = (await readArtifacts(`${sandbox.path}/out`)).records
        .toSorted((a, b) => a.index - b.index);
      const startNs = records[0]!.dueNs;
      assertEquals(
        records.map(({ dueNs }) => Math.round((dueNs - startNs) / 1e6)),
        times.map((time) => time - 1_000),
      );
      for (const { sentNs, dueNs } of records) assert(sentNs! >= dueNs, "sent before it was due");
    });
  });
});

const BAD_FILES: readonly [string, string, string][] = [
  [
    "a bad line",
    '{"text":"a"}\n{"text":"b","delay":"soon"}\n',
    "line 2: delay: must be a number of " +
    'at least 0, got "soon"',
  ],
  ["an empty file", "\n", "holds no conversation"],
];

for (const [name, content, reason] of BAD_FILES) {
  Deno.test(`${name} ends the run before it begins, with exit code 2 and one line`, async () => {
    const seen: Seen[] = [];
    await withServer(chatServer(seen), async (url) => {
      await withSandbox(async (sandbox) => {
        const path = `${sandbox.path}/in.jsonl`;
        await Deno.writeTextFile(path, content);
        const args = `--url ${url} --model m --input-file in.jsonl`.split(" ");
        const { code, stdout, stderr } = await sandbox.run(args);
        assertEquals([code, stdout, stderr], [2, "", `aiperf: --input-file: ${path}: ${reason}\n`]);
        assertEquals(seen, []);
      });
    });
  });
}
