import { assert, assertEquals } from "@std/assert";
import { loadTokenizer } from "../../common/tokenizer/load_tokenizer.ts";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withServer } from "../helpers/servers.ts";

interface Part {
  type: string;
  text?: string;
  "image_url"?: { url: string };
  "input_audio"?: { data: string; format: string };
}

interface Message {
  role: string;
  content: string | Part[];
}

interface Body {
  messages: Message[];
  max_completion_tokens: number;
}

/** What a run sent, and the files that it wrote. */
interface Sent {
  bodies: Body[];
  inputs: string;
  folder: string;
}

/** Makes a run against a server that takes down what it is asked. */
async function send(args: string, use: (sent: Sent) => Promise<void> | void): Promise<void> {
  const bodies: Body[] = [];
  const answer = async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return new Response("{}");
    bodies.push(await request.json());
    return Response.json({ choices: [{ message: { role: "assistant", content: "well" } }] });
  };
  await withServer(answer, async (url) => {
    await withSandbox(async (sandbox) => {
      const all = `profile --url ${url} --model m --tokenizer builtin --artifact-dir out ${args}`;
      const { code, stderr } = await sandbox.run(all.split(" "));
      assertEquals(code, 0, stderr);
      const folder = `${sandbox.path}/out`;
      const inputs = await Deno.readTextFile(`${folder}/inputs.json`);
      await use({ bodies, inputs, folder });
    });
  });
}

function textsOf({ content }: Message): string[] {
  return typeof content === "string" ? [content] : content.flatMap(({ text }) => text ?? []);
}

/** It takes a while to load: once for all tests. */
const tokenizing = loadTokenizer("builtin");

/** The messages of a request, as roles and tokens of their texts. */
async function shapeOf({ messages }: Body): Promise<string> {
  const tokenizer = await tokenizing;
  return messages.map((message) => {
    const counts = textsOf(message).map((text) => tokenizer.count(text));
    return `${message.role} ${counts.join("+")}`;
  }).join(", ");
}

Deno.test("lengths that go together, prefixes, system prompt and context are on the wire", async () => {
  const args = "--request-count 40 --concurrency 4 --random-seed 7 --seq-dist 20,5:50;30,6:50 " +
    "--num-prefix-prompts 2 --prefix-prompt-length 16 --shared-system-prompt-length 11 " +
    "--user-context-prompt-length 8 -b 2";
  await send(args, async ({ bodies, folder }) => {
    const shapes = await Promise.all(
      bodies.map(async (body) => `${await shapeOf(body)} -> ${body.max_completion_tokens}`),
    );
    assertEquals([...new Set(shapes)].sort(), [
      "system 11, user 8, user 36+36 -> 5",
      "system 11, user 8, user 46+46 -> 6",
    ]);
    const { requests, json } = await readArtifacts(folder);
    const lengths = new Set(
      requests.map(({ metrics }) => JSON.stringify(metrics["input_sequence_length"])),
    );
    assertEquals([...lengths].sort(), [
      '{"value":111,"unit":"tokens"}',
      '{"value":91,"unit":"tokens"}',
    ]);
    const { prompt } =
      (json["input_config"] as Record<string, Record<string, unknown>>)["input"]! as {
        prompt: Record<string, unknown>;
      };
    assertEquals(prompt["sequence_distribution"], "20,5:50;30,6:50");
  });
});

Deno.test("a seed gives the same bytes, whatever the number of workers", async () => {
  const args = "--request-count 60 --concurrency 8 --num-dataset-entries 20 --random-seed 3 " +
    "--seq-dist 20|5,5:50;30|5,6:50 --session-turns-mean 2 --session-turns-stddev 1 " +
    "--num-prefix-prompts 2 --prefix-prompt-length 16 --shared-system-prompt-length 11 " +
    "--user-context-prompt-length 8 --image-width-mean 20 --image-width-stddev 4 " +
    "--image-height-mean 16 --image-format random --audio-length-mean 0.02 --audio-depths 8,16";
  const inputs: string[] = [];
  for (const workers of [1, 4]) {
    await send(`${args} --workers-max ${workers}`, ({ bodies, inputs: text }) => {
      inputs.push(text);
      // First turns are sent as they are shown; later ones have the server's answers in them.
      const shown = new Set(
        JSON.parse(text).data.map(({ payloads }: { payloads: Body[] }) =>
          JSON.stringify(payloads[0])
        ),
      );
      const first = bodies.filter(({ messages }) => messages.length === 3);
      assert(first.length >= 20);
      for (const body of first) assert(shown.has(JSON.stringify(body)));
    });
  }
  assertEquals(inputs[0], inputs[1]);
});

Deno.test("each session has a marker of its own, the same for the same seed, and exact", async () => {
  const args = "--request-count 12 --num-dataset-entries 3 --random-seed 5 --isl 20 " +
    "--warmup-request-count 3 --shared-system-prompt-length 10";
  const markers: string[][] = [];
  for (const place of ["first_turn_prefix", "first_turn_prefix", "system_suffix"]) {
    await send(`${args} --cache-bust ${place}`, async ({ bodies, inputs, folder }) => {
      const atFirstTurn = place === "first_turn_prefix";
      assertEquals(
        new Set(await Promise.all(bodies.map(shapeOf))),
        new Set([atFirstTurn ? "system 10, user 27" : "system 17, user 20"]),
      );
      const marked = bodies.map(({ messages }) => textsOf(messages[atFirstTurn ? 1 : 0]!)[0]!);
      const words = marked.map((text) => text.split(" "));
      markers.push(words.map((all) => (atFirstTurn ? all.slice(0, 7) : all.slice(-7)).join(" ")));
      assertEquals(new Set(markers.at(-1)).size, 15, "warm-up and reuse have markers, too");
      const { requests } = await readArtifacts(folder);
      for (const { metrics } of requests) {
        assertEquals(metrics["input_sequence_length"], { value: 37, unit: "tokens" });
      }
      // The sessions of the first round are those that inputs.json shows.
      const shown = JSON.parse(inputs).data.map(({ payloads }: { payloads: Body[] }) =>
        JSON.stringify(payloads[0])
      );
      assertEquals(bodies.slice(3, 6).map((body) => JSON.stringify(body)), shown);
    });
  }
  assertEquals(markers[0], markers[1]);
  assertEquals(markers[0], markers[2]);
});

Deno.test("pictures and sounds are on the wire, as parts of the message", async () => {
  const args = "--request-count 3 --random-seed 5 --isl 9 --image-width-mean 12 " +
    "--image-height-mean 10 --image-batch-size 2 --image-format jpeg --audio-length-mean 0.1 " +
    "--audio-format mp3 --audio-sample-rates 16";
  await send(args, async ({ bodies, folder }) => {
    assertEquals(bodies.length, 3);
    for (const { messages: [message] } of bodies) {
      const parts = message!.content as Part[];
      assertEquals(parts.map(({ type }) => type).sort(), [
        "image_url",
        "image_url",
        "input_audio",
        "text",
      ]);
      for (const { image_url: image, input_audio: audio } of parts) {
        if (image) assert(image.url.startsWith("data:image/jpeg;base64,/9j/"));
        if (audio) assertEquals(audio.format, "mp3");
      }
    }
    const { requests } = await readArtifacts(folder);
    for (const { metrics } of requests) {
      assertEquals(metrics["input_sequence_length"], { value: 9, unit: "tokens" });
    }
  });
});

Deno.test("lines of a corpus are on the wire, with exactly the tokens asked for", async () => {
  const args = "--request-count 5 --random-seed 5 --isl 90 --prompt-corpus coding " +
    "--num-prefix-prompts 1 --prefix-prompt-length 30";
  await send(args, async ({ bodies }) => {
    assertEquals(new Set(await Promise.all(bodies.map(shapeOf))), new Set(["user 120"]));
    for (const { messages: [message] } of bodies) {
      assert(textsOf(message!)[0]!.split("\n").length > 5);
    }
  });
});

Deno.test("made-up rankings are on the wire", async () => {
  const tokenizer = await tokenizing;
  const bodies: { query: string; documents: string[] }[] = [];
  const answer = async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return new Response("{}");
    bodies.push(await request.json());
    return Response.json({ results: [{ index: 0, relevance_score: 0.5 }] });
  };
  await withServer(answer, async (url) => {
    await withSandbox(async (sandbox) => {
      const args = `--url ${url} --model m --endpoint-type cohere_rankings --request-count 4 ` +
        "--rankings-passages-mean 3 --rankings-passages-prompt-token-mean 12 " +
        "--rankings-query-prompt-token-mean 7 --tokenizer builtin";
      const { code, stderr } = await sandbox.run(args.split(" "));
      assertEquals(code, 0, stderr);
    });
  });
  assertEquals(bodies.length, 4);
  for (const { query, documents } of bodies) {
    assertEquals(tokenizer.count(query), 7);
    assertEquals(documents.map((text) => tokenizer.count(text)), [12, 12, 12]);
  }
});
