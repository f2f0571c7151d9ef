import { assertEquals, assertRejects } from "@std/assert";
import { memoryChannelPair } from "../../../common/comms/memory_transport.ts";
import type { Message } from "../../../common/comms/messages.ts";
import { CommandFailedError, NoAnswerError, Peer } from "../../../common/service/peer.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";

interface Talk {
  readonly clock: FakeClock;
  readonly peer: Peer;
  /** What the other side has got. */
  readonly got: Message[];
  /** Answers as the other side. */
  answer(message: Message): void;
  hangUp(): Promise<void>;
}

function talk(): Talk {
  const clock = new FakeClock();
  const [ours, theirs] = memoryChannelPair("theirs");
  const peer = new Peer({ serviceType: "worker", serviceId: "worker_1", info: {} }, ours, clock);
  const got: Message[] = [];
  theirs.receive((message) => void got.push(message), () => {});
  ours.receive((message) => {
    if (message.type === "response") peer.settle(message);
  }, () => {});
  return {
    clock,
    peer,
    got,
    answer: (message) => void theirs.send(message),
    hangUp: () => theirs.close(),
  };
}

Deno.test("answers find the request they belong to, in whatever order they come", async () => {
  const { peer, got, answer } = talk();
  const first = peer.request({ kind: "start" }, 1_000);
  const second = peer.request({ kind: "get_used_indexes" }, 1_000);
  await settle();
  assertEquals(got, [
    { type: "command", id: 0, command: { kind: "start" } },
    { type: "command", id: 1, command: { kind: "get_used_indexes" } },
  ]);
  assertEquals(peer.owed, ["start", "get_used_indexes"]);
  answer({ type: "response", id: 1, error: null, data: [1, 2] });
  answer({ type: "response", id: 0, error: null, data: null });
  assertEquals(await second, [1, 2]);
  assertEquals(await first, null);
  assertEquals(peer.owed, []);
});

Deno.test("an error in an answer is thrown with the peer's name", async () => {
  const { peer, answer } = talk();
  const asked = peer.request({ kind: "start" }, 1_000);
  answer({ type: "response", id: 0, error: "Cannot start", data: null });
  await assertRejects(() => asked, CommandFailedError, "worker_1: Cannot start");
});

Deno.test("a command that is not answered in time is given up, and a late answer ignored", async () => {
  const { clock, peer, answer } = talk();
  const asked = peer.request({ kind: "start" }, 1_000);
  const refused = assertRejects(
    () => asked,
    NoAnswerError,
    'worker_1 did not answer "start" within 1000 ms',
  );
  await clock.advance(999);
  assertEquals(peer.owed, ["start"]);
  await clock.advance(1);
  await refused;
  answer({ type: "response", id: 0, error: null, data: null });
  await settle();
  assertEquals(peer.owed, []);
});

Deno.test("a peer that goes away answers nothing, whatever the time limit", async () => {
  const { peer, hangUp } = talk();
  const gone = ["start", "stop"].map((kind) =>
    assertRejects(
      () => peer.request({ kind: kind as "start" }, Infinity),
      NoAnswerError,
      `worker_1 went away during "${kind}"`,
    )
  );
  await hangUp();
  await Promise.all(gone);
});

Deno.test("a peer that has gone away is not asked", async () => {
  const { peer, hangUp } = talk();
  await hangUp();
  await peer.channel.closed;
  await settle();
  assertEquals(peer.isGone, true);
  await assertRejects(
    () => peer.request({ kind: "start" }, Infinity),
    NoAnswerError,
    'worker_1 was gone before "start"',
  );
});

Deno.test("a command that cannot be sent is refused at once", async () => {
  const { peer } = talk();
  const command = { kind: "cancel_run", graceMs: 1n as unknown as number } as const;
  await assertRejects(() => peer.request(command, Infinity), TypeError, "BigInt");
  assertEquals(peer.owed, []);
});
