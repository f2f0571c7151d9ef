import { assertEquals, assertRejects } from "@std/assert";
import { memoryChannelPair } from "../../../common/comms/memory_transport.ts";
import { CommandFailedError, NoAnswerError, Peer } from "../../../common/service/peer.ts";
import { SteadyLink } from "../../../common/service/steady_link.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";
import { FakePeer } from "../../helpers/fake_peer.ts";

/** A dataset manager that comes and goes, and a link to it. */
class World {
  readonly clock = new FakeClock();
  readonly life = new AbortController();
  readonly managers: FakePeer[] = [];
  readonly givenUp: Error[] = [];
  isThere = true;
  #answer: unknown = [7];
  readonly link = new SteadyLink({
    connect: () => this.#connect(),
    clock: this.clock,
    signal: this.life.signal,
    onUp() {},
    onGivenUp: (error) => this.givenUp.push(error),
  });

  ask(): Promise<unknown> {
    return this.link.request({ kind: "get_used_indexes" }, 5_000);
  }

  async goAway(): Promise<void> {
    this.isThere = false;
    await this.managers.at(-1)!.close();
    await settle();
  }

  async comeBack(answer: unknown): Promise<void> {
    this.isThere = true;
    this.#answer = answer;
    await this.clock.advance(500);
  }

  #connect(): Promise<Peer> {
    if (!this.isThere) return Promise.reject(new Error("nobody listens there"));
    const [ours, theirs] = memoryChannelPair("dataset");
    const identity = { serviceType: "dataset_manager", serviceId: "dataset_manager", info: {} };
    const peer = new Peer({ ...identity, serviceType: "dataset_manager" }, ours, this.clock);
    ours.receive((message) => {
      if (message.type === "response") peer.settle(message);
    }, () => {});
    const manager = new FakePeer(theirs);
    const answer = this.#answer;
    manager.answer("get_used_indexes", () => answer);
    this.managers.push(manager);
    return Promise.resolve(peer);
  }
}

Deno.test("what is asked while the other side is gone is asked when it is back", async () => {
  const world = new World();
  await world.link.open();
  assertEquals(await world.ask(), [7]);
  await world.goAway();
  const asked = world.ask();
  await world.clock.advance(10_000);
  await world.comeBack([8]);
  assertEquals(await asked, [8]);
  world.life.abort();
});

Deno.test("what the other side has not answered when it dies is asked again", async () => {
  const world = new World();
  await world.link.open();
  world.managers[0]!.answer("get_used_indexes", () => new Promise(() => {}));
  const asked = world.ask();
  await settle();
  await world.goAway();
  await world.comeBack([9]);
  assertEquals(await asked, [9]);
  world.life.abort();
});

Deno.test("an error, or no answer in time, is not asked about again", async () => {
  const world = new World();
  await world.link.open();
  world.managers[0]!.answer("get_used_indexes", () => new Promise(() => {}));
  const late = assertRejects(() => world.ask(), NoAnswerError, "within 5000 ms");
  await world.clock.advance(5_000);
  await late;
  world.managers[0]!.answer("get_used_indexes", () => {
    throw new Error("there is no data set");
  });
  await assertRejects(() => world.ask(), CommandFailedError, "there is no data set");
  world.life.abort();
});

Deno.test("whoever waits gets to know that the other side does not come back", async () => {
  const world = new World();
  await world.link.open();
  await world.goAway();
  const asked = assertRejects(() => world.ask(), Error, "nobody listens there");
  await world.clock.advance(31_000);
  await asked;
  await assertRejects(() => world.ask(), Error, "nobody listens there");
  assertEquals(world.givenUp.length, 1);
});

Deno.test("whoever waits gets to know that its own service ends", async () => {
  const world = new World();
  await world.link.open();
  await world.goAway();
  const asked = assertRejects(() => world.ask(), NoAnswerError, "has ended");
  await settle();
  world.life.abort();
  await asked;
  assertEquals(world.givenUp, []);
});
