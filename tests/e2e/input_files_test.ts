import { assert, assertEquals } from "@std/assert";
import { readArtifacts, readJournal } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";

const FIXTURES = new URL("../fixtures/input_files/", import.meta.url);

/** Answers every request at once, and keeps the bodies as they came, and the ids of the requests. */
function keeper(bodies: string[], ids: (string | null)[] = []) {
  return async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return new Response("{}");
    const body = await request.text();
    bodies.push(body);
    ids.push(request.headers.get("x-request-id"));
    return Response.json({
      choices: [{ message: { role: "assistant", content: "fine" } }],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    });
  };
}

interface Run {
  /** Conversation by conversation, turn by turn: on a busy machine one may overtake another. */
  readonly bodies: string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly sandbox: Sandbox;
}

/** Runs the program with a fixture as its input file. */
async function runWith(
  args: string,
  check: (run: Run) => Promise<void> | void,
  prepare: (sandbox: Sandbox) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const bodies: string[] = [];
  const ids: (string | null)[] = [];
  await withServer(keeper(bodies, ids), async (url) => {
    await withSandbox(async (sandbox) => {
      for (const name of ["good", "bad"]) {
        await copyAll(new URL(`${name}/`, FIXTURES), `${sandbox.path}/${name}`);
      }
      await prepare(sandbox);
      const line = `--url ${url} --model m --artifact-dir out --overwrite --random-seed 4 ${args}`;
      const { code, stdout, stderr } = await sandbox.run(line.split(" "));
      const records = await readJournal(`${sandbox.path}/out`);
      const placeOf = (id: string | null) => {
        const record = records.find(({ requestId }) => requestId === id);
        return record ? [record.conversationIndex, record.turnIndex, record.index] : [Infinity];
      };
      const placed = bodies.map((body, i) => ({ body, place: placeOf(ids[i]!) }));
      placed.sort((a, b) => compare(a.place, b.place)).forEach(({ body }, i) => bodies[i] = body);
      await check({ bodies, code, stdout, stderr, sandbox });
    });
  });
}

/** By the first number that differs; what is equal stays in its order. */
function compare(one: readonly number[], other: readonly number[]): number {
  const i = one.findIndex((value, i) => value !== other[i]);
  return i < 0 ? 0 : one[i]! - other[i]!;
}

async function copyAll(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const source = new URL(isDirectory ? `${name}/` : name, from);
    if (isDirectory) await copyAll(source, `${to}/${name}`);
    else await Deno.copyFile(source, `${to}/${name}`);
  }
}

function lengths(bodies: readonly string[]): number[] {
  return bodies.map((body) => JSON.parse(body).max_completion_tokens);
}

const KINDS: readonly (readonly [string, string, (run: Run) => Promise<void> | void])[] = [
  ["mooncake_trace", "--input-file good/mooncake.jsonl", async ({ bodies, sandbox }) => {
    assertEquals(lengths(bodies), [12, 9, 7]);
    const texts = bodies.map((body) => JSON.parse(body).messages[0].content as string);
    assertEquals(texts[2], "What is a transformer?");
    const [first, second] = texts as [string, string];
    let shared = 0;
    while (first[shared] === second[shared]) shared++;
    assert(shared > 1_000 && shared < Math.min(first.length, second.length));
    const { records } = await readArtifacts(`${sandbox.path}/out`);
    const dues = records.toSorted((a, b) => a.index - b.index).map(({ dueNs }) => dueNs);
    assertEquals(dues.map((dueNs) => Math.round((dueNs - dues[0]!) / 1e6)), [0, 60, 120]);
  }],
  ["mooncake_trace in sessions", "--input-file good/sessions.jsonl", ({ bodies }) => {
    const said = bodies.map((body) =>
      JSON.parse(body).messages.map(({ content }: { content: string }) => content)
    );
    assertEquals(said.toSorted((a, b) => a.length - b.length), [
      ["one"],
      ["other"],
      ["one", "fine", "two"],
    ]);
  }],
  ["bailian_trace", "--input-file good/bailian.jsonl", ({ bodies }) => {
    assertEquals(lengths(bodies), [13, 8, 6]);
    assertEquals(bodies.map((body) => JSON.parse(body).messages.length), [1, 1, 1]);
  }],
  [
    "burst_gpt_trace",
    "--input-file good/burst_gpt.csv --synthesis-speedup-ratio 100",
    ({ bodies }) => {
      assertEquals(lengths(bodies), [18, 23]);
    },
  ],
  ["azure_trace", "--input-file good/azure.csv", ({ bodies }) => {
    assertEquals(lengths(bodies), [10, 8]);
  }],
  ["raw_payload", "--input-file good/raw.jsonl --request-count 2", async ({ bodies, sandbox }) => {
    const lines = (await Deno.readTextFile(`${sandbox.path}/good/raw.jsonl`)).trim().split("\n");
    assertEquals(bodies, lines);
  }],
  [
    "raw_payload, a folder",
    "--input-file good/raw --custom-dataset-type raw_payload --num-sessions 2",
    async ({ bodies, sandbox }) => {
      const files = await Promise.all(
        ["a", "b"].map((name) => Deno.readTextFile(`${sandbox.path}/good/raw/${name}.jsonl`)),
      );
      assertEquals(bodies, files.flatMap((text) => text.trim().split("\n")));
    },
  ],
  [
    "random_pool, a folder",
    "--input-file good/pool --custom-dataset-type random_pool --num-conversations 6",
    ({ bodies }) => {
      assertEquals(bodies.length, 6);
      for (const body of bodies) {
        const texts = JSON.parse(body).messages[0].content.map((part: { text: string }) =>
          part.text
        );
        assertEquals(texts.map((text: string) => text[0]), ["a", "b"]);
      }
    },
  ],
  [
    "mooncake_trace with messages",
    "--input-file good/messages.jsonl --no-fixed-schedule --no-allow-dataset-wrap",
    ({ bodies }) => {
      const sent = bodies.map((body) => JSON.parse(body));
      const said = sent.map(({ messages }) =>
        messages.map(({ content }: { content: string }) => content)
      );
      assertEquals(said, [["be brief", "one"], ["be brief", "one", "fine", "two"], ["whole"]]);
      assertEquals(sent.map(({ tools }) => tools?.[0].type), ["function", "function", undefined]);
    },
  ],
  [
    "raw_payload, each line once",
    "--input-file good/raw.jsonl --no-allow-dataset-wrap --concurrency 3",
    ({ bodies }) => assertEquals(bodies.length, 2),
  ],
  ["multi_turn", "--input-file good/multi.jsonl --num-sessions 2", ({ bodies }) => {
    assertEquals(lengths(bodies), [5, 4, 3]);
    const said = bodies.map((body) =>
      JSON.parse(body).messages.map(({ content }: { content: string }) => content)
    );
    assertEquals(said, [
      ["Be brief.", "What is a GPU?"],
      ["Be brief.", "What is a GPU?", "fine", "And a TPU?"],
      ["Tell me a joke."],
    ]);
  }],
  ["inputs_json", "--input-file good/inputs.json --num-sessions 2", ({ bodies }) => {
    assertEquals(bodies, [
      '{"messages":[{"role":"user","content":"Hello"}],"model":"m","max_completion_tokens":8}',
      '{"model":"m","messages":[{"role":"user","content":"Hello again"}]}',
      '{"messages":[{"role":"user","content":"Bye"}],"model":"m","max_completion_tokens":6}',
    ]);
  }],
  [
    "single_turn with a local picture",
    "--input-file good/single.jsonl --request-count 1",
    ({ bodies }) => {
      const { messages, model, ...rest } = JSON.parse(bodies[0]!);
      assertEquals([rest["top_p"], model], [0.5, "other"]);
      assertEquals(messages[0].content[1].image_url.url, "data:image/png;base64,iVBORw0=");
    },
  ],
];

for (const [name, args, check] of KINDS) {
  Deno.test(`a file of the kind ${name} is sent as it says`, async () => {
    await runWith(args, async (run) => {
      assertEquals(run.code, 0, run.stderr);
      await check(run);
    });
  });
}

Deno.test("the inputs.json of a run is sent again byte for byte", async () => {
  const args = "--input-file good/sessions.jsonl --no-fixed-schedule --num-sessions 2";
  await runWith(args, async ({ code, stderr, sandbox, bodies }) => {
    assertEquals(code, 0, stderr);
    const inputs = await Deno.readTextFile(`${sandbox.path}/out/inputs.json`);
    const { data } = JSON.parse(inputs);
    const payloads = data.flatMap((session: { payloads: unknown[] }) => session.payloads)
      .map((payload: unknown) => JSON.stringify(payload));
    // What was not an answer to anything is what was sent.
    assertEquals(bodies[0], payloads[0]);
    await Deno.writeTextFile(`${sandbox.path}/again.json`, inputs);
    await withServer(keeper(bodies), async (url) => {
      bodies.length = 0;
      const again = `--url ${url} --model m --artifact-dir out2 --input-file again.json ` +
        "--num-sessions 2";
      const second = await sandbox.run(again.split(" "));
      assertEquals(second.code, 0, second.stderr);
      assertEquals(bodies, payloads);
      assertEquals(await Deno.readTextFile(`${sandbox.path}/out2/inputs.json`), inputs);
    });
  });
});

Deno.test("made-up pictures, sounds, turns and markers are sent again byte for byte", async () => {
  const args = "--isl 20 --osl 3 --image-width-mean 16 --image-height-mean 16 " +
    "--audio-length-mean 0.1 --conversation-turn-mean 2 --conversation-turn-stddev 0 " +
    "--history none --cache-bust first_turn_prefix --concurrency 1 --num-sessions 3";
  await runWith(args, async ({ code, stderr, sandbox, bodies }) => {
    assertEquals(code, 0, stderr);
    const first = bodies.splice(0);
    assertEquals([first.length, new Set(first).size], [6, 6]);
    assert(first[0]!.includes("data:image/png;base64,") && first[0]!.includes("input_audio"));
    await withServer(keeper(bodies), async (url) => {
      const again = `--url ${url} --model m --artifact-dir out2 --input-file out/inputs.json ` +
        "--concurrency 1 --num-sessions 3";
      const second = await sandbox.run(again.split(" "));
      assertEquals(second.code, 0, second.stderr);
      assertEquals(bodies, first);
    });
  });
});

/** Bad files of each kind, how they are read, and what is said. */
const BAD: readonly (readonly [string, string])[] = [
  ["mooncake.jsonl", "line 2: output_length: must be a whole number of at least 1, got 0"],
  ["bailian.jsonl", "line 1: timestamp: is missing"],
  ["burst_gpt.csv", 'line 3: Request tokens: must be a whole number of at least 0, got "many"'],
  ["azure.csv", 'line 2: TIMESTAMP: must be seconds or a date with a time, got "yesterday"'],
  ["multi.jsonl", "line 2: turns[1].delay: must be a number of at least 0, got -1"],
  [
    "modes.jsonl",
    'line 2: message_mode: is "history" here, and "delta" on a line before it of its session; ' +
    "all messages of a session must be the one or the other",
  ],
  [
    "list.json",
    "line 1: is a list; each line must be one JSON object (jq -c '.[]' makes lines of a list)",
  ],
  ["raw.jsonl", "line 1: stream: is true, and --streaming is not given"],
  ["inputs.json", "line 2: payloads[0]: must be an object, got 5"],
  ["single.jsonl", 'line 1: image: "gone.png" does not exist'],
  [
    "pool --custom-dataset-type random_pool",
    "line 1: text: must be a text that is not empty, got 7",
  ],
];

for (const [file, reason] of BAD) {
  Deno.test(`the bad file ${file} ends the run before it begins, with exit code 2`, async () => {
    await runWith(`--input-file bad/${file}`, ({ code, stderr, bodies, sandbox }) => {
      const path = `${sandbox.path}/bad/${file.split(" ")[0]}`;
      const where = file.startsWith("pool") ? `${path}/a.jsonl` : path;
      assertEquals([code, stderr], [2, `aiperf: --input-file: ${where}: ${reason}\n`]);
      assertEquals(bodies, []);
    });
  });
}

Deno.test("bad lines that are to be left out are counted in the result", async () => {
  const args = "--input-file bad/mooncake.jsonl --skip-bad-lines --no-fixed-schedule " +
    "--request-count 2";
  await runWith(args, async ({ code, stdout, stderr, bodies, sandbox }) => {
    assertEquals(code, 0, stderr);
    assertEquals(lengths(bodies), [3, 3]);
    assert(stdout.replaceAll(/\s+/g, " ").includes("1 line of"), stdout);
    const { warnings } = JSON.parse(
      await Deno.readTextFile(`${sandbox.path}/out/profile_export_aiperf.json`),
    );
    assert(warnings[0].includes("line 2: output_length: must be"), warnings[0]);
    // Nobody has to wait for the result to know of it.
    assertEquals(stderr.split("\n")[0], `aiperf: ${warnings[0]}`);
  });
});

Deno.test("a bad line far down in a large file ends the run, and what was measured is kept", async () => {
  const lines = [...Array(700_000).fill('{"text":"a word"}'), '{"text":5}'].join("\n");
  const args = "--input-file large.jsonl --request-rate 20 --benchmark-duration 60 --workers-max 1";
  await runWith(args, async ({ code, stderr, sandbox, bodies }) => {
    assert(stderr.includes("line 700001: text: must be a text that is not empty, got 5"), stderr);
    // A machine that is slow to start the services may get there first.
    if (code === 2) return assertEquals(bodies, []);
    assertEquals(code, 1, stderr);
    const { credits } = JSON.parse(
      await Deno.readTextFile(`${sandbox.path}/out/profile_export_aiperf.json`),
    );
    // Whatever the server has seen by then has its record, be it that it was cut off.
    const said = `${bodies.length} seen, ${JSON.stringify(credits)}`;
    assert(credits.issued >= bodies.length && credits.succeeded <= bodies.length, said);
    assertEquals(credits.succeeded + credits.cancelled, credits.issued, said);
  }, (sandbox) => Deno.writeTextFile(`${sandbox.path}/large.jsonl`, lines));
});
