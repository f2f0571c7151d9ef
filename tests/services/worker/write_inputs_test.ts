import { assertEquals } from "@std/assert";
import { type Conversation, plainTurn } from "../../../common/model/conversation.ts";
import { writeInputs } from "../../../services/worker/write_inputs.ts";

function conversation(index: number): Conversation {
  const turn = plainTurn([`text ${index}`], { inputTokens: 2 });
  return { index, id: `session-${index}`, opening: [], turns: [turn] };
}

async function written(indexes: number[]): Promise<{ text: string; batches: number[] }> {
  const path = await Deno.makeTempFile();
  const batches: number[] = [];
  try {
    await writeInputs({
      path,
      indexes,
      fetch: (some) => {
        batches.push(some.length);
        return Promise.resolve(some.map(conversation));
      },
      body: (turns) => JSON.stringify({ messages: turns.map(({ texts }) => texts[0]) }),
    });
    return { text: await Deno.readTextFile(path), batches };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("writeInputs() writes the bodies of each session", async () => {
  const { text } = await written([3, 7]);
  assertEquals(JSON.parse(text), {
    data: [
      { session_id: "session-3", payloads: [{ messages: ["text 3"] }] },
      { session_id: "session-7", payloads: [{ messages: ["text 7"] }] },
    ],
  });
});

Deno.test("writeInputs() writes every turn with those before, without answers", async () => {
  const [turn] = conversation(0).turns;
  const say = (text: string) => ({ ...turn!, texts: [text] });
  const path = await Deno.makeTempFile();
  try {
    await writeInputs({
      path,
      indexes: [0],
      fetch: () =>
        Promise.resolve([{ ...conversation(0), opening: [say("p")], turns: [say("a"), say("b")] }]),
      body: (turns) => JSON.stringify(turns.map(({ texts }) => texts[0])),
    });
    const { data } = JSON.parse(await Deno.readTextFile(path));
    assertEquals(data, [{ session_id: "session-0", payloads: [["p", "a"], ["p", "a", "b"]] }]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("writeInputs() writes a valid file when nothing was used", async () => {
  const { text, batches } = await written([]);
  assertEquals(JSON.parse(text), { data: [] });
  assertEquals(batches, []);
});

Deno.test("writeInputs() holds a few conversations at a time, however many there are", async () => {
  const { text, batches } = await written([...Array(600).keys()]);
  assertEquals(JSON.parse(text).data.length, 600);
  assertEquals(batches, [256, 256, 88]);
});
