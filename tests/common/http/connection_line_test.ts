import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionLine } from "../../../common/http/connection_line.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** A line whose turns, idle connections and business are set by the test. */
class Scene {
  readonly clock = new FakeClock();
  readonly idle: string[] = [];
  isBehind = false;
  /** What those who waited got, in that order: a connection, or null for one to be opened. */
  readonly got: [who: number, connection: string | null][] = [];
  #turn = Promise.withResolvers<void>();
  readonly line = new ConnectionLine<string>({
    take: () => this.idle.shift() ?? null,
    nextTurn: () => this.#turn.promise,
    isBehind: () => this.isBehind,
    nowNs: () => this.clock.nowNs(),
  });

  open(count: number): boolean[] {
    return Array.from({ length: count }, () => this.line.mayOpen());
  }

  wait(who: number, signal = new AbortController().signal): Promise<void> {
    return this.line.wait("key", signal).then((connection) => {
      this.got.push([who, connection]);
    });
  }

  async turn(): Promise<void> {
    const { resolve } = this.#turn;
    this.#turn = Promise.withResolvers();
    resolve();
    await this.clock.advance(0);
  }
}

const ALL = Array.from({ length: 32 }, () => true);

Deno.test("32 connections may be opened at once, and again a while later", async () => {
  const scene = new Scene();
  assertEquals(scene.open(34), [...ALL, false, false]);
  await scene.clock.advance(9);
  assertEquals(scene.open(1), [false]);
  await scene.clock.advance(11);
  assertEquals(scene.open(33), [...ALL, false]);
});

Deno.test("who has to wait gets what is idle after a turn, and opens one only without, in order", async () => {
  const scene = new Scene();
  scene.open(32);
  for (let who = 0; who < 40; who++) void scene.wait(who);
  await scene.clock.advance(100);
  assertEquals(scene.got, []);
  scene.idle.push("a", "b");
  await scene.turn();
  const opened = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => [from + i, null]);
  assertEquals(scene.got, [[0, "a"], [1, "b"], ...opened(2, 34)] as typeof scene.got);
  assertEquals(scene.line.size, 6);
  await scene.turn();
  assertEquals(scene.got.slice(34), opened(34, 40) as typeof scene.got);
  assertEquals(scene.line.size, 0);
});

Deno.test("nobody overtakes who waits", async () => {
  const scene = new Scene();
  scene.open(32);
  void scene.wait(0);
  await scene.clock.advance(60);
  assertEquals(scene.open(1), [false]);
  await scene.turn();
  assertEquals(scene.open(1), [true]);
});

Deno.test("a process that is behind with its work opens one a turn", async () => {
  const scene = new Scene();
  scene.isBehind = true;
  scene.open(32);
  for (let who = 0; who < 5; who++) void scene.wait(who);
  scene.idle.push("a", "b");
  await scene.turn();
  assertEquals(scene.got, [[0, "a"], [1, "b"], [2, null]]);
  await scene.turn();
  assertEquals(scene.got.slice(3), [[3, null]]);
});

Deno.test("who is called off leaves the line", async () => {
  const scene = new Scene();
  scene.open(32);
  const called = new AbortController();
  const waiting = scene.wait(0, called.signal);
  void scene.wait(1);
  called.abort(new Error("the run is over"));
  await assertRejects(() => waiting, Error, "the run is over");
  scene.idle.push("a");
  await scene.turn();
  assertEquals(scene.got, [[1, "a"]]);
});
