import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ComingConnections } from "../../../common/http/coming_connections.ts";

const NEVER = new AbortController().signal;

Deno.test("who comes first gets the connection that is there first; each is given once", async () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  coming.begin("a");
  const first = coming.take("a", NEVER);
  const second = coming.take("a", NEVER);
  assertStrictEquals(coming.take("a", NEVER), null);
  assertEquals(coming.sizeOf("a"), 2);
  assert(coming.arrive("a", "one"));
  assert(coming.arrive("a", "two"));
  assertEquals(await Promise.all([first, second]), ["one", "two"]);
  assertEquals(coming.sizeOf("a"), 0);
  assertStrictEquals(coming.take("a", NEVER), null);
});

Deno.test("a connection that nobody waits for is left to others", () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  assert(!coming.arrive("a", "one"));
  assertStrictEquals(coming.take("a", NEVER), null);
});

Deno.test("connections are for requests with the same key", () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  assertStrictEquals(coming.take("b", NEVER), null);
  assertEquals([coming.sizeOf("a"), coming.sizeOf("b")], [1, 0]);
});

Deno.test("who waits for one that cannot be opened is told so", async () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  const waiting = coming.take("a", NEVER);
  coming.arrive("a", null);
  assertStrictEquals(await waiting, null);
});

Deno.test("who is cut off while waiting makes way for the next", async () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  const cut = new AbortController();
  const first = coming.take("a", cut.signal)!;
  cut.abort("enough");
  assertStrictEquals(await first.catch((reason) => reason), "enough");
  const second = coming.take("a", NEVER);
  assert(coming.arrive("a", "one"));
  assertEquals(await second, "one");
});

Deno.test("who is cut off after it got its connection takes nobody else's place", async () => {
  const coming = new ComingConnections<string>();
  coming.begin("a");
  coming.begin("a");
  const cut = new AbortController();
  const first = coming.take("a", cut.signal);
  const second = coming.take("a", NEVER);
  coming.arrive("a", "one");
  assertEquals(await first, "one");
  cut.abort("enough");
  assert(coming.arrive("a", "two"));
  assertEquals(await second, "two");
});
