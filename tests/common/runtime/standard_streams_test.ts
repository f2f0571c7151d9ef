import { assertEquals } from "@std/assert";
import { writeAll } from "../../../common/runtime/standard_streams.ts";

/** A stream that answers each write with the next of `answers`: how much it takes, or an error. */
async function written(text: string, answers: readonly (number | Error)[]) {
  const left = [...answers];
  const taken: number[] = [];
  let pauses = 0;
  const problem = await writeAll(text, {
    write(bytes) {
      const answer = left.shift()!;
      if (answer instanceof Error) return Promise.reject(answer);
      taken.push(...bytes.subarray(0, answer));
      return Promise.resolve(Math.min(answer, bytes.length));
    },
    pause() {
      pauses++;
      return Promise.resolve();
    },
  });
  return { problem, text: new TextDecoder().decode(new Uint8Array(taken)), pauses };
}

Deno.test("a text is written to its end, however little the stream takes at a time", async () => {
  assertEquals(await written("häuser", [1, 1, 3, 9]), {
    problem: null,
    text: "häuser",
    pauses: 0,
  });
  assertEquals((await written("", [])).problem, null);
});

Deno.test("a full pipe is waited for", async () => {
  const full = new Deno.errors.WouldBlock("try again");
  assertEquals(await written("abc", [2, full, full, 1]), { problem: null, text: "abc", pauses: 2 });
});

Deno.test("that nobody reads any more is no failure, and the rest is not tried", async () => {
  const closed = new Deno.errors.BrokenPipe("Broken pipe");
  assertEquals(await written("abc", [2, closed]), { problem: null, text: "ab", pauses: 0 });
});

Deno.test("a full disk is told of in plain words", async () => {
  const { problem } = await written("abc", [new Error("No space left on device (os error 28)")]);
  assertEquals(problem, "No space left on device");
});
