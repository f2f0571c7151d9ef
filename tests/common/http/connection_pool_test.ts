import { assertEquals } from "@std/assert";
import { ConnectionPool, type Poolable } from "../../../common/http/connection_pool.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";

class FakeConnection implements Poolable {
  isClosed = false;
  readonly #useless = Promise.withResolvers<void>();

  whenUseless(): Promise<void> {
    return this.#useless.promise;
  }

  close(): void {
    this.isClosed = true;
  }

  async hangUp(): Promise<void> {
    this.#useless.resolve();
    await settle();
  }
}

function setUp() {
  const clock = new FakeClock();
  return { clock, pool: new ConnectionPool<FakeConnection>(clock) };
}

Deno.test("the connection that was used last is used next", () => {
  const { pool } = setUp();
  const [one, two] = [new FakeConnection(), new FakeConnection()];
  pool.give("a", one, 100);
  pool.give("a", two, 100);
  assertEquals(pool.size, 2);
  assertEquals([pool.take("a"), pool.take("a"), pool.take("a")], [two, one, null]);
  assertEquals(pool.size, 0);
  pool.close();
});

Deno.test("of any number of connections that are too old none is used, and all are closed", () => {
  const { clock, pool } = setUp();
  const old = Array.from({ length: 20_000 }, () => new FakeConnection());
  for (const one of old) pool.give("a", one, 100);
  // The event loop was held up: nobody has looked since.
  clock.work(200);
  assertEquals([pool.take("a"), pool.size], [null, 0]);
  assertEquals(old.every(({ isClosed }) => isClosed), true);
  pool.close();
});

Deno.test("a connection serves only its own key", () => {
  const { pool } = setUp();
  const one = new FakeConnection();
  pool.give("a", one, 100);
  assertEquals([pool.take("b"), pool.take("a")], [null, one]);
  pool.close();
});

Deno.test("a connection is closed when it has been idle for too long, and not before", async () => {
  const { clock, pool } = setUp();
  const [one, two] = [new FakeConnection(), new FakeConnection()];
  pool.give("a", one, 100);
  await clock.advance(60);
  pool.give("b", two, 100);
  await clock.advance(39);
  assertEquals([one.isClosed, two.isClosed, pool.size], [false, false, 2]);
  await clock.advance(1);
  assertEquals([one.isClosed, two.isClosed, pool.size], [true, false, 1]);
  await clock.advance(60);
  assertEquals([two.isClosed, pool.size], [true, 0]);
});

Deno.test("a connection that is past its time is not used, even when nobody has closed it yet", async () => {
  const { clock, pool } = setUp();
  const [long, short] = [new FakeConnection(), new FakeConnection()];
  pool.give("a", long, 100);
  await clock.advance(1);
  // The watch sleeps until the first one is due.
  pool.give("a", short, 10);
  await clock.advance(10);
  assertEquals([pool.take("a"), short.isClosed, long.isClosed], [long, true, false]);
  pool.close();
});

Deno.test("a connection that was used again in between has its full time again", async () => {
  const { clock, pool } = setUp();
  const one = new FakeConnection();
  pool.give("a", one, 100);
  await clock.advance(90);
  pool.take("a");
  pool.give("a", one, 100);
  await clock.advance(99);
  assertEquals(one.isClosed, false);
  await clock.advance(1);
  assertEquals(one.isClosed, true);
});

Deno.test("a connection that the other end closes is dropped", async () => {
  const { pool } = setUp();
  const [one, two] = [new FakeConnection(), new FakeConnection()];
  pool.give("a", one, Infinity);
  pool.give("a", two, Infinity);
  await two.hangUp();
  assertEquals([two.isClosed, pool.size, pool.take("a")], [true, 1, one]);
});

Deno.test("a connection that ends while it is in use is left to its user", async () => {
  const { pool } = setUp();
  const one = new FakeConnection();
  pool.give("a", one, 100);
  pool.take("a");
  await one.hangUp();
  assertEquals(one.isClosed, false);
  pool.close();
});

Deno.test("Infinity keeps a connection for as long as the other end does", async () => {
  const { clock, pool } = setUp();
  const one = new FakeConnection();
  pool.give("a", one, Infinity);
  await clock.advance(1e9);
  assertEquals([one.isClosed, pool.take("a")], [false, one]);
});

Deno.test("closing the pool, or one of its keys, closes what is idle there", () => {
  const { pool } = setUp();
  const [one, two] = [new FakeConnection(), new FakeConnection()];
  pool.give("a", one, 100);
  pool.give("b", two, 100);
  pool.closeKey("a");
  assertEquals([one.isClosed, two.isClosed], [true, false]);
  pool.close();
  assertEquals([two.isClosed, pool.size], [true, 0]);
});
