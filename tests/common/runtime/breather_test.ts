import { assertEquals } from "@std/assert";
import { Breather } from "../../../common/runtime/breather.ts";

const KB = 1024;

interface Backlog {
  /** How many messages each read brings, and how many reads there are. */
  readonly perRead: number;
  readonly reads: number;
  /** Of each message. */
  readonly bytes: number;
  readonly takesMs: number;
  /** How long nothing comes before each read. */
  readonly idleMs?: number;
}

/** Works off a backlog; returns after how many messages there was a turn, each time. */
function turns({ perRead, reads, bytes, takesMs, idleMs = 0 }: Backlog): number[] {
  let nowMs = 0;
  let done = 0;
  const breather = new Breather(() => nowMs);
  const after: number[] = [];
  for (let read = 0; read < reads; read++) {
    nowMs += idleMs;
    breather.begin();
    for (let i = 0; i < perRead; i++) {
      nowMs += takesMs;
      done++;
      if (breather.isDue(bytes)) after.push(done);
    }
  }
  return after;
}

Deno.test("what is slow to work off makes way after 25 ms, however little it is", () => {
  assertEquals(turns({ perRead: 30, reads: 1, bytes: 256, takesMs: 2 }), [16]);
});

Deno.test("many reads in a row make way together", () => {
  assertEquals(turns({ perRead: 1, reads: 50, bytes: 64 * KB, takesMs: 5 }), [20, 40]);
});

Deno.test("small ones, too, when they have become many", () => {
  assertEquals(turns({ perRead: 1, reads: 210, bytes: KB, takesMs: 1 }), [100, 200]);
});

Deno.test("messages that come one by one have their turn anyway", () => {
  assertEquals(turns({ perRead: 1, reads: 100, bytes: 200, takesMs: 1, idleMs: 100 }), []);
});
