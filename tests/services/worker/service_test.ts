import { assert, assertEquals } from "@std/assert";
import { WriteGate } from "../../../common/http/write_gate.ts";
import type { Credit } from "../../../common/model/credit.ts";
import { CALLED_OFF_AT_END } from "../../../common/model/record.ts";
import { plainTurn, type Turn } from "../../../common/model/conversation.ts";
import type { LoadPlan } from "../../../common/model/run_config.ts";
import { Worker } from "../../../services/worker/service.ts";
import type { FakeHost, FakePeer } from "../../helpers/fake_peer.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { chunk, chunkedHead, type RawServer, startRawServer } from "../../helpers/raw_server.ts";
import { closedLoad, phasePlanOf, traceLoad } from "../../helpers/phase_plan.ts";
import { runConfigOf } from "../../helpers/run_config.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

const { credit: { credit: CREDIT } } = messageExamples;

interface Running {
  readonly harness: ComponentHarness<Worker>;
  readonly manager: FakeHost;
  readonly records: FakeHost;
  /** The conversations that the dataset manager was asked for. */
  readonly asked: readonly number[];
}

/** What the conversations of a worker's data set say, to whom, and what sets the pace. */
interface Talk {
  /** Nobody unless given. */
  readonly url?: string;
  /** None unless given. */
  readonly turns?: readonly Turn[];
  /** A closed loop unless given. */
  readonly load?: LoadPlan;
  /** 10 unless given. */
  readonly requests?: number;
}

/** A worker whose dataset manager has the first conversations, and is never heard of again. */
async function withRunning(
  use: (running: Running) => Promise<void>,
  { url, turns = [], load = closedLoad(1), requests = 10 }: Talk = {},
): Promise<void> {
  await using harness = await ComponentHarness.up((context) => new Worker(context), {
    type: "worker",
    id: "worker_0",
  });
  const [dataset, records, manager] =
    (["dataset_manager", "records_manager", "worker_manager"] as const)
      .map((type) => harness.host(type)) as [FakeHost, FakeHost, FakeHost];
  const config = runConfigOf();
  const endpoint = url === undefined ? config.endpoint : endpointPlanOf({ urls: [url] });
  const wide = { ...config.dataset, entries: 1_000 };
  const phases = [phasePlanOf({ load, maxRequests: requests })];
  await harness.configure({ endpoint, dataset: wide, phases }, { apiKey: null, headers: {} });
  const asked: number[] = [];
  void dataset.guest().then((guest) =>
    guest.answer("get_conversations", (command) => {
      const { indexes } = command as { indexes: number[] };
      asked.push(...indexes);
      if (indexes.includes(900)) return new Promise(() => {});
      return indexes.map((index) => ({ index, id: `c${index}`, opening: [], turns }));
    })
  );
  await harness.start();
  await use({ harness, manager, records, asked });
}

/** Gives a worker a credit, and waits until the worker has it. */
async function give(manager: FakePeer, credit: Credit): Promise<void> {
  manager.send({ type: "credit", credit });
  await until("the worker has the credit", async () => {
    const missing = await manager.ask({ kind: "find_missing_credits", ids: [credit.id] });
    return Array.isArray(missing) && missing.length === 0;
  });
}

Deno.test("a worker has the first conversations before the worker manager gives it credits", async () => {
  await withRunning(({ asked }) => {
    assertEquals(asked.slice(0, 3), [0, 1, 2]);
    return Promise.resolve();
  });
});

Deno.test("as sessions begin, a worker asks for the conversations of those behind them", async () => {
  await withRunning(async ({ manager, asked }) => {
    await until("it has looked ahead", () => asked.length >= 256);
    assertEquals(asked.includes(400), false);
    const peer = await manager.guest();
    peer.send({
      type: "credit",
      credit: { ...CREDIT, turnIndex: 0, conversationIndex: 200, sessionIndex: 200 },
    });
    await until("it has looked further", () => asked.includes(400));
  }, { requests: 800 });
});

Deno.test("a credit that waits for its conversation is cut off at once", async () => {
  await withRunning(async ({ manager, records }) => {
    const peer = await manager.guest();
    const credit = { ...CREDIT, turnIndex: 0, conversationIndex: 900 };
    await give(peer, credit);
    peer.send({ type: "cancel_credits" });
    const { creditReturn } = await peer.next("credit_return");
    assertEquals([creditReturn.creditId, creditReturn.outcome], [credit.id, "cancelled"]);
    const { record } = await (await records.guest()).next("record");
    const { outcome, sentNs, conversationIndex, inputTokens, error } = record;
    assertEquals([outcome, sentNs, conversationIndex], ["cancelled", null, 900]);
    assertEquals([inputTokens, error?.code], [null, 499]);
  });
});

Deno.test("a credit that waits for its time and its conversation is called off at once", async () => {
  await withRunning(async ({ harness, manager }) => {
    const peer = await manager.guest();
    const dueNs = harness.clock.nowNs() + 3_600e9;
    const credit = { ...CREDIT, turnIndex: 0, conversationIndex: 900, dueNs };
    await give(peer, credit);
    peer.send({ type: "cancel_credits" });
    const { creditReturn } = await peer.next("credit_return");
    assertEquals([creditReturn.creditId, creditReturn.outcome], [credit.id, "cancelled"]);
  });
});

Deno.test("what waits is called off when the worker manager is gone: nobody could do it later", async () => {
  await withRunning(async ({ harness, manager, records }) => {
    const peer = await manager.guest();
    const later = { ...CREDIT, turnIndex: 0, dueNs: harness.clock.nowNs() + 3_600e9 };
    await give(peer, { ...later, conversationIndex: 900 });
    await give(peer, { ...later, id: CREDIT.id + 1, conversationIndex: 0 });
    await peer.close();
    const journal = await records.guest();
    await journal.until(() => journal.of("record").length === 2);
    const outcomes = journal.of("record").map(({ record }) => [record.outcome, record.sentNs]);
    assertEquals(outcomes, [["cancelled", null], ["cancelled", null]]);
  });
});

Deno.test("a credit that waits for its time is called off unsent, and the next one is used", async () => {
  await withRunning(async ({ harness, manager, records }) => {
    const peer = await manager.guest();
    const dueNs = harness.clock.nowNs() + 3_600e9;
    const credit = { ...CREDIT, turnIndex: 0, conversationIndex: 0, dueNs };
    await give(peer, credit);
    assertEquals(peer.of("credit_return"), []);
    peer.send({ type: "cancel_credits" });
    const { creditReturn } = await peer.next("credit_return");
    assertEquals([creditReturn.creditId, creditReturn.outcome], [credit.id, "cancelled"]);
    const journal = await records.guest();
    const { record } = await journal.next("record");
    assertEquals([record.outcome, record.sentNs, record.dueNs], ["cancelled", null, dueNs]);
    assertEquals(record.error, CALLED_OFF_AT_END);

    const next = { ...credit, id: credit.id + 1, dueNs: harness.clock.nowNs() };
    peer.send({ type: "credit", credit: next });
    await until("the next record", () => journal.of("record").length === 2);
    assert(journal.of("record")[1]!.record.outcome !== "cancelled");
  });
});

Deno.test("a credit whose phase is over by the time it is reached is not sent any more", async () => {
  await withRunning(async ({ harness, manager, records }) => {
    const peer = await manager.guest();
    const dueNs = harness.clock.nowNs();
    const credit = { ...CREDIT, turnIndex: 0, conversationIndex: 0, dueNs };
    peer.send({ type: "credit", credit: { ...credit, cutOffNs: dueNs } });
    const { creditReturn } = await peer.next("credit_return");
    assertEquals([creditReturn.creditId, creditReturn.outcome], [credit.id, "cancelled"]);
    const { record } = await (await records.guest()).next("record");
    assertEquals([record.outcome, record.sentNs], ["cancelled", null]);
    assertEquals(record.error, CALLED_OFF_AT_END);
  });
});

Deno.test("the worker manager is told which records are in the journal", async () => {
  await withRunning(async ({ harness, manager, records }) => {
    const peer = await manager.guest();
    const journal = await records.guest();
    // Of a conversation without turns there is nothing to send: the record is there at once.
    for (const id of [0, 1, 2]) {
      peer.send({ type: "credit", credit: { ...CREDIT, id, turnIndex: 0, conversationIndex: 0 } });
    }
    await until("three records", () => journal.of("record").length === 3);
    await harness.clock.advance(300);
    assertEquals(peer.of("records_ack"), []);
    journal.send({ type: "records_ack", count: 2 });
    await harness.clock.advance(300);
    await harness.clock.advance(300);
    assertEquals(peer.of("records_ack").map(({ count }) => count), [2]);
  });
});

Deno.test("a request that its server keeps open behind its last word goes on until it is cut off", async () => {
  const event = JSON.stringify({ choices: [{ index: 0, delta: { content: "hi" } }] });
  const server = startRawServer(async (connection) => {
    await connection.request();
    await connection.write(chunkedHead() + chunk(`data: ${event}\n\ndata: [DONE]\n\n`));
    await connection.request();
  });
  await withRunning(async ({ harness, manager, records }) => {
    const peer = await manager.guest();
    const startNs = harness.clock.nowNs();
    const credit = { ...CREDIT, turnIndex: 0, conversationIndex: 0, dueNs: startNs };
    peer.send({ type: "credit", credit });
    await until("the end of the request", async () => {
      await harness.clock.advance(100);
      return peer.of("credit_return").length > 0;
    });
    const { record } = await (await records.guest()).next("record");
    const { outcome, endedNs } = peer.of("credit_return")[0]!.creditReturn;
    const lastWordNs = record.sentNs! + record.endAfterNs!;
    assertEquals([record.outcome, outcome], ["success", "success"]);
    assert(endedNs! >= lastWordNs + 2e9, `${endedNs! - lastWordNs} ns behind the last word`);
  }, { url: server.url, turns: [plainTurn(["hi"], { inputTokens: 1, outputTokens: 1 })] });
  server.close();
});

/** A worker on a schedule with credits that are never due; `check` is given what it has of its server. */
async function withHeldCredits(
  dueAfterNs: readonly number[],
  check: (server: RawServer) => Promise<void>,
): Promise<void> {
  const server = startRawServer(async (connection) => {
    await connection.request();
  });
  const talk: Talk = {
    url: server.url,
    turns: [plainTurn(["hi"], { inputTokens: 1, outputTokens: 1 })],
    load: traceLoad(),
  };
  await withRunning(async ({ harness, manager }) => {
    const peer = await manager.guest();
    const laterNs = harness.clock.nowNs() + 3_600e9;
    for (const [id, afterNs] of dueAfterNs.entries()) {
      const place = { turnIndex: 0, conversationIndex: 0, dueNs: laterNs + afterNs };
      peer.send({ type: "credit", credit: { ...CREDIT, id, ...place } });
    }
    await until("the credits", async () => {
      const missing = await peer.ask({ kind: "find_missing_credits", ids: [...dueAfterNs.keys()] });
      return Array.isArray(missing) && missing.length === 0;
    });
    await check(server);
    peer.send({ type: "cancel_credits" });
    await until("the returns", () => peer.of("credit_return").length === dueAfterNs.length);
  }, talk);
  server.close();
}

Deno.test("what a schedule has due at the same time finds its connections open", async () => {
  await withHeldCredits([0, 1, 0, 2, 0], async (server) => {
    await until("a connection for each", () => server.opened() === 5);
  });
});

Deno.test("what a schedule has due one after the other opens its connections itself", async () => {
  await withHeldCredits([0, 1, 2], async (server) => {
    // One more, opened by the test itself, is there after all that was begun before it.
    using _connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(server.url).port),
    });
    await until("the last connection", () => server.opened() > 0);
    assertEquals(server.opened(), 1);
  });
});

Deno.test("what is due together passes the gate: nothing is written before all of it is ready", async () => {
  const held = countHeldWrites();
  const server = startRawServer(async (connection) => {
    await connection.request();
  });
  const turns = [plainTurn(["hi"], { inputTokens: 1, outputTokens: 1 })];
  await withRunning(async ({ harness, manager }) => {
    const peer = await manager.guest();
    const dueNs = harness.clock.nowNs() + 50e6;
    for (const id of [0, 1, 2]) {
      const credit = { ...CREDIT, id, turnIndex: 0, conversationIndex: 0, dueNs };
      peer.send({ type: "credit", credit });
    }
    await until("the connections", () => server.opened() === 3);
    await harness.clock.advance(60);
    assertEquals(held.most(), 3);
    peer.send({ type: "cancel_credits" });
    await until("the returns", () => peer.of("credit_return").length === 3);
  }, { url: server.url, turns });
  held.restore();
  server.close();
});

/** How many writes had come to a gate, at most, when it opened. */
function countHeldWrites() {
  const { pass } = WriteGate.prototype;
  let most = 0;
  let waiting = 0;
  WriteGate.prototype.pass = function (write, onHeldUp) {
    waiting++;
    return pass.call(this, () => {
      most = Math.max(most, waiting--);
      return write();
    }, onHeldUp);
  };
  return {
    most: () => most,
    restore: () => Object.assign(WriteGate.prototype, { pass }),
  };
}
