import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { ResendBuffer, ResendBufferFullError } from "../../../common/service/resend_buffer.ts";

Deno.test("ResendBuffer forgets what is acknowledged and keeps the rest in order", () => {
  const buffer = new ResendBuffer();
  for (const text of ["a", "bb", "ccc"]) buffer.add(text);
  buffer.acknowledge(1);
  assertEquals([buffer.size, buffer.chars], [2, 5]);
  assertEquals(buffer.reconnect(), ["bb", "ccc"]);
});

Deno.test("ResendBuffer counts anew over each connection, what is sent again first", () => {
  const buffer = new ResendBuffer();
  for (const text of ["a", "b", "c"]) buffer.add(text);
  buffer.acknowledge(2);
  assertEquals(buffer.reconnect(), ["c"]);
  buffer.add("d");
  buffer.acknowledge(1);
  assertEquals(buffer.reconnect(), ["d"]);
});

Deno.test("ResendBuffer ignores counts that are no news, or of more than was sent", () => {
  const buffer = new ResendBuffer();
  buffer.add("a");
  buffer.add("b");
  for (const count of [1, 1, 0, -5, NaN]) buffer.acknowledge(count);
  assertEquals(buffer.safe, 1);
  buffer.acknowledge(1);
  assertEquals(buffer.safe, 1);
  assertEquals(buffer.reconnect(), ["b"]);
  buffer.acknowledge(99);
  assertEquals([buffer.size, buffer.chars], [0, 0]);
  buffer.add("c");
  assertEquals(buffer.reconnect(), ["c"]);
});

Deno.test("ResendBuffer says how much it holds when it can hold no more", () => {
  const buffer = new ResendBuffer(10);
  buffer.add("12345");
  buffer.add("12345");
  assertThrows(
    () => buffer.add("1"),
    ResendBufferFullError,
    "Cannot keep more than 2 records (10 characters) that nobody has acknowledged",
  );
  buffer.acknowledge(1);
  buffer.add("1");
});

Deno.test("ResendBuffer loses nothing and keeps nothing twice, whatever happens when", () => {
  const step = fc.oneof(fc.constant("send"), fc.constant("reconnect"), fc.nat(20));
  fc.assert(fc.property(fc.array(step), (steps) => {
    const buffer = new ResendBuffer();
    let next = 0;
    /** What the other side has got over this connection, and what it has safe at all. */
    let received: string[] = [];
    let safe = 0;
    for (const one of steps) {
      if (one === "send") {
        buffer.add(String(next));
        received.push(String(next++));
      } else if (one === "reconnect") {
        received = [...buffer.reconnect()];
      } else {
        const count = Math.min(one, received.length);
        buffer.acknowledge(count);
        if (count > 0) safe = Math.max(safe, Number(received[count - 1]) + 1);
      }
      const waiting = Array.from({ length: next - safe }, (_, i) => String(safe + i));
      assertEquals(buffer.size, waiting.length);
      assertEquals(buffer.chars, waiting.join("").length);
    }
    assertEquals(buffer.reconnect(), Array.from({ length: next - safe }, (_, i) => `${safe + i}`));
  }));
});
