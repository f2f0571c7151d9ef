import { assertEquals } from "@std/assert";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { SOCKETS } from "../../common/comms/sockets.ts";
import { type Child, spawnChild } from "../../common/runtime/child_process.ts";
import { SystemClock } from "../../common/runtime/clock.ts";
import { Logger } from "../../common/runtime/log.ts";
import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";
import { Peer } from "../../common/service/peer.ts";
import { RecordsOutlet } from "../../common/service/records_outlet.ts";
import { PROTOCOL_VERSION } from "../../common/version.ts";
import { readJournal } from "../helpers/artifacts.ts";
import { FakeHost, TEST_TOKEN } from "../helpers/fake_peer.ts";
import { withFolder } from "../helpers/journal_text.ts";
import { recordOf } from "../helpers/records.ts";
import { runConfigOf } from "../helpers/run_config.ts";
import { until } from "../helpers/until.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const RECORDS = 3_000;

/** The records manager as a process, and everybody that it talks to. */
class World {
  readonly clock = new SystemClock(0);
  readonly life = new AbortController();
  readonly bus: FakeHost;
  readonly results: FakeHost;
  readonly outlet: RecordsOutlet;
  readonly #transport: UnixTransport;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#transport = new UnixTransport(folder);
    this.bus = new FakeHost(this.#transport, "system_controller");
    this.results = new FakeHost(this.#transport, "post_processor_manager");
    this.outlet = new RecordsOutlet({
      connect: () => this.#connect(),
      clock: this.clock,
      signal: this.life.signal,
      log: new Logger({ serviceId: "worker_0", level: "ERROR", sink: () => {} }),
      onGivenUp(error) {
        throw error;
      },
    });
  }

  /** Starts a records manager; `number`: how many there were before. */
  async start(number: number): Promise<Child> {
    const child = spawnChild({
      type: "records_manager",
      id: "records_manager",
      runDir: this.#folder,
      epochUnixMs: 0,
      logLevel: "WARNING",
      init: {},
      token: TEST_TOKEN,
      onLine() {},
    }, [Deno.execPath(), "run", "--quiet", ...PERMISSION_FLAGS, MAIN]);
    await until("a hello", () => this.bus.guests[number]?.of("hello").length === 1);
    const controller = this.bus.guests[number]!;
    const config = runConfigOf({ runDir: this.#folder, artifactDir: this.#folder });
    await controller.ask({ kind: "configure", config, secrets: null });
    await controller.ask({ kind: "start" });
    return child;
  }

  async close(): Promise<void> {
    this.life.abort();
    await Promise.all([this.bus.close(), this.results.close()]);
  }

  async #connect(): Promise<Peer> {
    const channel = await this.#transport.connect(SOCKETS.records_manager);
    const identity = { serviceType: "records_manager", serviceId: "records_manager", info: {} };
    const peer = new Peer({ ...identity, serviceType: "records_manager" }, channel, this.clock);
    void peer.send({
      type: "hello",
      protocol: PROTOCOL_VERSION,
      serviceType: "worker",
      serviceId: "worker_0",
      token: TEST_TOKEN,
      pid: Deno.pid,
      info: {},
    });
    channel.receive((message) => {
      if (message.type === "records_ack") this.outlet.acknowledge(message.count, peer);
    }, () => {});
    return peer;
  }
}

Deno.test("no record is lost or doubled when the records manager is killed again and again", async () => {
  await withFolder(async (folder) => {
    const world = new World(folder);
    let child = await world.start(0);
    await world.outlet.open();
    let kills = 0;
    for (let creditId = 0; creditId < RECORDS; creditId++) {
      world.outlet.send(recordOf({ creditId }));
      if (creditId % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (creditId % 1_000 !== 700) continue;
      child.kill();
      await child.exited;
      child = await world.start(++kills);
    }
    await until("the last acknowledgement", () => world.outlet.waiting === 0);
    const ids = Array.from({ length: RECORDS }, (_, i) => i);
    const kept = (await readJournal(folder)).map(({ creditId }) => creditId);
    assertEquals(kept, ids);
    const passedOn = world.results.guests[kills]!;
    await until("the last result", () => passedOn.of("record").length === RECORDS);
    assertEquals(passedOn.of("record").map(({ record }) => record.creditId), ids);
    child.kill();
    await child.exited;
    await world.close();
  });
});
