import { assertEquals, assertRejects } from "@std/assert";
import { memoryChannelPair } from "../../../common/comms/memory_transport.ts";
import { Logger, logTextOf } from "../../../common/runtime/log.ts";
import { Peer } from "../../../common/service/peer.ts";
import { RecordsOutlet } from "../../../common/service/records_outlet.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";
import { FakePeer } from "../../helpers/fake_peer.ts";
import { recordOf } from "../../helpers/records.ts";

/** A records manager that comes and goes, and an outlet that sends to it. */
class World {
  readonly clock = new FakeClock();
  readonly life = new AbortController();
  readonly managers: FakePeer[] = [];
  readonly peers: Peer[] = [];
  readonly givenUp: Error[] = [];
  readonly logged: string[] = [];
  isThere = true;
  readonly outlet = new RecordsOutlet({
    connect: () => this.#connect(),
    clock: this.clock,
    signal: this.life.signal,
    onGivenUp: (error) => this.givenUp.push(error),
    log: new Logger({
      serviceId: "worker_0",
      level: "INFO",
      sink: (line) => this.logged.push(logTextOf(line)),
    }),
  });

  #connect(): Promise<Peer> {
    if (!this.isThere) return Promise.reject(new Error("nobody listens there"));
    const [ours, theirs] = memoryChannelPair("records");
    const peer = new Peer(
      { serviceType: "records_manager", serviceId: "records_manager", info: {} },
      ours,
      this.clock,
    );
    ours.receive((message) => {
      if (message.type === "records_ack") this.outlet.acknowledge(message.count, peer);
    }, () => {});
    this.peers.push(peer);
    this.managers.push(new FakePeer(theirs));
    return Promise.resolve(peer);
  }

  send(...ids: number[]): void {
    for (const creditId of ids) this.outlet.send(recordOf({ creditId }));
  }

  /** The credits of the records that a records manager has got. */
  credits(manager: number): number[] {
    return this.managers[manager]!.of("record").map(({ record }) => record.creditId);
  }
}

Deno.test("records that are not acknowledged are sent again to who comes after", async () => {
  const world = new World();
  await world.outlet.open();
  world.send(0, 1, 2);
  await settle();
  world.managers[0]!.send({ type: "records_ack", count: 2 });
  await settle();
  assertEquals(world.outlet.waiting, 1);
  world.isThere = false;
  await world.managers[0]!.close();
  await settle();
  world.send(3);
  await world.clock.advance(1_000);
  world.isThere = true;
  await world.clock.advance(500);
  world.send(4);
  await settle();
  assertEquals(world.credits(1), [2, 3, 4]);
  assertEquals(world.logged, ["Sends 2 records to records_manager again"]);
  world.managers[1]!.send({ type: "records_ack", count: 3 });
  await settle();
  assertEquals(world.outlet.waiting, 0);
  assertEquals(world.givenUp, []);
  world.life.abort();
});

Deno.test("a records manager that does not come back is given up", async () => {
  const world = new World();
  await world.outlet.open();
  world.isThere = false;
  await world.managers[0]!.close();
  await world.clock.advance(29_000);
  assertEquals(world.givenUp.length, 0);
  await world.clock.advance(2_000);
  assertEquals(world.givenUp.map(({ message }) => message), ["nobody listens there"]);
});

Deno.test("one that hangs up again and again is given up as well", async () => {
  const world = new World();
  await world.outlet.open();
  for (let i = 0; i < 2_000 && world.givenUp.length === 0; i++) {
    await world.managers.at(-1)!.close();
    world.isThere = i % 2 === 0;
    await world.clock.advance(25);
  }
  assertEquals(world.givenUp.length, 1);
});

Deno.test("a service that ends misses nobody", async () => {
  const world = new World();
  await world.outlet.open();
  world.life.abort();
  await world.managers[0]!.close();
  await world.clock.advance(60_000);
  assertEquals([world.managers.length, world.givenUp.length], [1, 0]);
});

Deno.test("a records manager that is not there at the start is waited for, but not for ever", async () => {
  const world = new World();
  world.isThere = false;
  const refused = assertRejects(() => world.outlet.open(), Error, "nobody listens there");
  await world.clock.advance(31_000);
  await refused;
  const opened = world.outlet.open();
  await world.clock.advance(5_000);
  world.isThere = true;
  await world.clock.advance(500);
  await opened;
  assertEquals([world.managers.length, world.givenUp.length], [1, 0]);
  assertEquals(world.logged, [], "there is nothing to be sent again");
  world.life.abort();
});
