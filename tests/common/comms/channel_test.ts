import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Channel } from "../../../common/comms/channel.ts";
import { FrameTooLargeError } from "../../../common/comms/frame.ts";
import type { Message } from "../../../common/comms/messages.ts";
import {
  type ChannelPair,
  Inbox,
  memoryPair,
  memoryTransport,
  type TestTransport,
  unixPair,
  unixTransport,
} from "../../helpers/channel_pairs.ts";

function numbered(count: number, from = 0): Message[] {
  return Array.from({ length: count }, (_, i) => ({ type: "records_end", records: from + i }));
}

function padded(kilobytes: number): Message {
  return { type: "failure", serviceId: "x", cause: "é".repeat(kilobytes * 512) };
}

/** What every channel must do, whatever is under it. */
function testChannels(kind: string, open: () => ChannelPair | Promise<ChannelPair>): void {
  Deno.test(`${kind}: messages arrive in the order they were sent, both ways at once`, async () => {
    await using pair = await open();
    const ours = new Inbox(pair.ours);
    const theirs = new Inbox(pair.theirs);
    for (let i = 0; i < 2_000; i++) {
      void pair.ours.send({ type: "records_end", records: i });
      void pair.theirs.send({ type: "records_end", records: 10_000 + i });
    }
    await Promise.all([ours.count(2_000), theirs.count(2_000)]);
    assertEquals(theirs.messages, numbered(2_000));
    assertEquals(ours.messages, numbered(2_000, 10_000));
  });

  Deno.test(`${kind}: what is sent before the other side receives is kept for it`, async () => {
    await using pair = await open();
    for (const message of numbered(10)) void pair.ours.send(message);
    await pair.ours.close();
    const inbox = new Inbox(pair.theirs);
    assertEquals(await pair.theirs.closed, null);
    assertEquals(inbox.messages, numbered(10));
  });

  Deno.test(`${kind}: close() sends what is queued, then both sides see the end`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    new Inbox(pair.ours);
    const sent = [...numbered(500), padded(300), ...numbered(500), padded(1_500)];
    for (const message of sent) void pair.ours.send(message);
    await pair.ours.close();
    assertEquals(await pair.ours.closed, null);
    assertEquals(await pair.theirs.closed, null);
    assertEquals(inbox.messages.length, sent.length);
    assertEquals(inbox.messages, sent);
  });

  Deno.test(`${kind}: a large message arrives whole between small ones`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    const sent = [...numbered(3), padded(5_000), ...numbered(3)];
    for (const message of sent) await pair.ours.send(message);
    await inbox.count(sent.length);
    assertEquals(inbox.messages, sent);
  });

  Deno.test(`${kind}: bad messages are reported and dropped, later ones still arrive`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    await pair.sendText("{nonsense");
    await pair.sendText('{"type":"zap"}');
    await pair.sendText("");
    await pair.sendText('{"type":"records_end","records":"many"}');
    await pair.sendText('{"type":"records_end","records":3}');
    await inbox.count(5);
    assertEquals(inbox.messages, numbered(1, 3));
    assertEquals(inbox.problems.map(({ message }) => message), [
      "Cannot read a message of 9 characters: it is not JSON",
      'Cannot use a message of unknown type "zap"',
      "Cannot read a message of 0 characters: it is not JSON",
      'Cannot use the message "records_end": records must be of type number',
    ]);
  });

  Deno.test(`${kind}: a message is handed on as the text that it came as`, async () => {
    await using pair = await open();
    const text = '{"records":7,"type":"records_end"}';
    const texts: string[] = [];
    pair.theirs.receive((_message, text) => void texts.push(text), () => {});
    void pair.ours.sendText(text);
    void pair.ours.send({ type: "cancel_credits" });
    await pair.ours.close();
    await pair.theirs.closed;
    assertEquals(texts, [text, '{"type":"cancel_credits"}']);
  });

  Deno.test(`${kind}: a handler's promise holds the next message back`, async () => {
    await using pair = await open();
    const events: string[] = [];
    const inbox = new Inbox(pair.theirs, async (message) => {
      const { records } = message as { records: number };
      events.push(`begin ${records}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`end ${records}`);
    });
    for (const message of numbered(3)) void pair.ours.send(message);
    await pair.ours.close();
    await pair.theirs.closed;
    assertEquals(inbox.messages.length, 3);
    assertEquals(events, ["begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"]);
  });

  Deno.test(`${kind}: a sender feels a receiver that does not keep up`, async () => {
    await using pair = await open();
    const gate = Promise.withResolvers<void>();
    const inbox = new Inbox(pair.theirs, () => gate.promise);
    const isFull = await fill(pair.ours);
    assert(pair.ours.queued > 0);
    let hasRoom = false;
    void isFull.waiting.then(() => hasRoom = true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(hasRoom, false);
    gate.resolve();
    await isFull.waiting;
    await inbox.count(isFull.sent);
    assertEquals(inbox.messages.length, isFull.sent);
  });

  Deno.test(`${kind}: a sender that waits for room is let go when the channel ends`, async () => {
    await using pair = await open();
    const gate = Promise.withResolvers<void>();
    new Inbox(pair.theirs, () => gate.promise);
    const isFull = await fill(pair.ours);
    void pair.theirs.close();
    new Inbox(pair.ours);
    await pair.ours.closed;
    await isFull.waiting;
    gate.resolve();
  });

  Deno.test(`${kind}: sending on a closed channel is ignored, on either side`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    new Inbox(pair.ours);
    await pair.ours.close();
    assertEquals(pair.ours.send(padded(2_000)), undefined);
    await pair.theirs.closed;
    assertEquals(pair.theirs.send(padded(2_000)), undefined);
    assertEquals([pair.ours.queued, pair.theirs.queued], [0, 0]);
    assertEquals(inbox.messages, []);
  });

  Deno.test(`${kind}: nothing is delivered after one's own close()`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs, () => void pair.theirs.close());
    new Inbox(pair.ours);
    for (const message of numbered(5)) void pair.ours.send(message);
    await Promise.all([pair.theirs.closed, pair.ours.closed]);
    assertEquals(inbox.messages, numbered(1));
  });

  Deno.test(`${kind}: close() can be called again and by both sides at once`, async () => {
    await using pair = await open();
    new Inbox(pair.ours);
    new Inbox(pair.theirs);
    await Promise.all([pair.ours.close(), pair.theirs.close(), pair.ours.close()]);
    await pair.ours.close();
    await Promise.all([pair.ours.closed, pair.theirs.closed]);
  });

  for (const how of ["throws", "rejects"] as const) {
    Deno.test(`${kind}: a handler that ${how} ends the channel and is named`, async () => {
      await using pair = await open();
      pair.theirs.peer = "worker_1";
      new Inbox(pair.theirs, () => {
        if (how === "rejects") return Promise.reject(new Error("oh"));
        throw new Error("oh");
      });
      new Inbox(pair.ours);
      void pair.ours.send(numbered(1)[0]!);
      const error = await pair.theirs.closed;
      assertEquals(error?.message, "worker_1: oh");
      await pair.ours.closed;
    });
  }

  Deno.test(`${kind}: a message over the limit is refused where it is sent`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    assertThrows(() => pair.ours.send(padded(64 * 1024 + 1)), FrameTooLargeError);
    void pair.ours.send(numbered(1)[0]!);
    await inbox.count(1);
    assertEquals(inbox.messages, numbered(1));
  });

  Deno.test(`${kind}: what JSON cannot hold is refused where it is sent`, async () => {
    await using pair = await open();
    const inbox = new Inbox(pair.theirs);
    assertThrows(
      () => pair.ours.send({ type: "response", id: 1, error: null, data: 1n }),
      TypeError,
      "BigInt",
    );
    void pair.ours.send(numbered(1)[0]!);
    await inbox.count(1);
  });

  Deno.test(`${kind}: a channel is received from once`, async () => {
    await using pair = await open();
    new Inbox(pair.ours);
    assertThrows(() => new Inbox(pair.ours), Error, "Cannot receive from theirs twice");
  });
}

/** Sends until the channel asks to wait. */
async function fill(channel: Channel): Promise<{ sent: number; waiting: Promise<void> }> {
  for (let sent = 1; sent < 10_000; sent++) {
    const waiting = channel.send(padded(16));
    if (waiting) return { sent, waiting };
    // Lets what is queued go to the system, whose own buffer is of no use in this.
    if (sent % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error("The channel never asked to wait");
}

/** What every transport must do. */
function testTransports(kind: string, make: () => TestTransport): void {
  Deno.test(`${kind}: clients reach a listener by its name, each on its own channel`, async () => {
    using test = make();
    const served: Channel[] = [];
    const listener = test.transport.listen("bus", (channel) => {
      served.push(channel);
      channel.receive((message) => void channel.send(message), () => {});
    });
    const clients = await Promise.all([1, 2, 3].map(() => test.transport.connect("bus")));
    const inboxes = clients.map((client) => new Inbox(client));
    clients.forEach((client, i) => void client.send(numbered(1, i)[0]!));
    await Promise.all(inboxes.map((inbox) => inbox.count(1)));
    assertEquals(inboxes.flatMap(({ messages }) => messages), numbered(3));
    assertEquals(clients[0]!.peer, "bus");
    assertEquals(served.map(({ peer }) => peer), Array(3).fill("a client of bus"));
    listener.close();
    await Promise.all([...clients, ...served].map((channel) => channel.close()));
  });

  Deno.test(`${kind}: connecting where nobody listens is refused by name`, async () => {
    using test = make();
    const refused = 'Cannot connect to "bus": nobody listens there';
    await assertRejects(() => test.transport.connect("bus"), Error, refused);
    const listener = test.transport.listen("bus", () => {});
    listener.close();
    await assertRejects(() => test.transport.connect("bus"), Error, refused);
  });

  Deno.test(`${kind}: a name can be taken once, and given back twice`, () => {
    using test = make();
    const listener = test.transport.listen("bus", () => {});
    assertThrows(
      () => test.transport.listen("bus", () => {}),
      Error,
      'Cannot listen on "bus": it is taken',
    );
    listener.close();
    listener.close();
  });

  Deno.test(`${kind}: connections outlive their listener`, async () => {
    using test = make();
    const accepted = Promise.withResolvers<Channel>();
    const listener = test.transport.listen("bus", (channel) => accepted.resolve(channel));
    const client = await test.transport.connect("bus");
    const served = await accepted.promise;
    listener.close();
    const inbox = new Inbox(served);
    void client.send(numbered(1)[0]!);
    await inbox.count(1);
    await Promise.all([client.close(), served.close()]);
  });
}

testChannels("memory", memoryPair);
testChannels("unix socket", unixPair);
testTransports("memory", memoryTransport);
testTransports("unix socket", unixTransport);
