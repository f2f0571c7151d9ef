import { assert, assertEquals } from "@std/assert";
import { Http1Connection } from "../../../common/http/http1_connection.ts";
import { ReadQueue } from "../../../common/http/read_queue.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";
import { FakeTurns } from "../../helpers/fake_turns.ts";

/** Lets promises go on until nothing more happens without a turn of the event loop. */
async function calm(): Promise<void> {
  for (let i = 0; i < 50; i++) await settle();
}

/** Reads that are worked on for `workMs` each, and what happens. */
function scene({ workMs }: { workMs: number }) {
  const turns = new FakeTurns();
  const events: string[] = [];
  const queue = new ReadQueue(turns, () => events.push("look"));
  const read = async (name: string) => {
    events.push(`stamp ${name}`);
    await queue.turn();
    // As the layers between a connection and who reads its answers.
    for (let i = 0; i < 6; i++) await null;
    turns.work(workMs);
    events.push(`work ${name}`);
  };
  return { turns, events, read };
}

function worked(events: readonly string[]): string[] {
  return events.filter((event) => event.startsWith("work"));
}

Deno.test("what has come together is stamped before any of it is worked on, in groups of eight", async () => {
  const { turns, events, read } = scene({ workMs: 0.01 });
  const names = Array.from({ length: 20 }, (_, i) => `${i}`);
  for (const name of names) void read(name);
  await calm();
  assertEquals(events.slice(0, 20), names.map((name) => `stamp ${name}`));
  assertEquals(worked(events), names.map((name) => `work ${name}`));
  const looks = [...events.entries()].filter(([, event]) => event === "look").map(([at]) => at);
  assertEquals(looks, [20, 29, 38]);
  assertEquals(turns.turns, 0);
});

Deno.test("a read that comes alone is worked on without a turn of the event loop, time after time", async () => {
  const { turns, events, read } = scene({ workMs: 3 });
  for (const name of ["a", "b"]) {
    void read(name);
    await calm();
  }
  assertEquals(events, ["stamp a", "look", "work a", "stamp b", "look", "work b"]);
  assertEquals(turns.turns, 0);
});

Deno.test("every millisecond the event loop gets a turn, and what it brings is stamped before the work goes on", async () => {
  const { turns, events, read } = scene({ workMs: 0.1 });
  const names = Array.from({ length: 40 }, (_, i) => `${i}`);
  for (const name of names) void read(name);
  await calm();
  assertEquals(worked(events).length, 16);
  void read("late");
  await calm();
  assertEquals(events.at(-1), "stamp late");
  turns.turn();
  await calm();
  assertEquals(worked(events).length, 32);
  turns.turn();
  await calm();
  assertEquals(worked(events), [...names, "late"].map((name) => `work ${name}`));
  assertEquals(turns.turns, 2);
});

Deno.test("a connection stamps what it reads before it waits for its turn", async () => {
  const clock = new FakeClock(5e6);
  const turns = new FakeTurns();
  const reads = new ReadQueue(turns);
  const open = (name: string) =>
    new Http1Connection({
      clock,
      reads,
      stream: {
        read(buffer) {
          buffer.set(new TextEncoder().encode(name));
          return Promise.resolve(name.length);
        },
        write: (bytes) => Promise.resolve(bytes.length),
        close() {},
      },
      gate: null,
      opening: { openedInNs: 0, isReplacement: false },
      onClose() {},
    });
  const connections = ["first", "second"].map(open);
  const texts: string[] = [];
  const arrivals: number[] = [];
  const done = connections.map(async (connection) => {
    const bytes = await connection.read();
    arrivals.push(connection.arrivedNs);
    texts.push(new TextDecoder().decode(bytes!));
    // The work on the first is seen by nobody's stamp.
    clock.work(7);
    turns.work(7);
  });
  await calm();
  while (turns.turn()) await calm();
  await Promise.all(done);
  assertEquals(texts, ["first", "second"]);
  assertEquals(arrivals, [5e6, 5e6]);
  assert(clock.nowNs() === 19e6);
});
