import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeFrames, FrameTooLargeError } from "../../../common/comms/frame.ts";
import type { Message } from "../../../common/comms/messages.ts";
import { acceptAll, UnixChannel, UnixTransport } from "../../../common/comms/unix_transport.ts";
import { Inbox, unixPair, writeAll } from "../../helpers/channel_pairs.ts";

const encoder = new TextEncoder();

function numbered(count: number): Message[] {
  return Array.from({ length: count }, (_, i) => ({ type: "records_end", records: i }));
}

Deno.test("thousands of messages in one write arrive one by one", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  const sent = numbered(20_000);
  await writeAll(pair.connection, encodeFrames(sent.map((message) => JSON.stringify(message))));
  await inbox.count(sent.length);
  assertEquals(inbox.messages, sent);
});

Deno.test("a message written byte by byte arrives", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  for (const byte of encodeFrames(['{"type":"records_end","records":0}'])) {
    await pair.connection.write(new Uint8Array([byte]));
  }
  await inbox.count(1);
  assertEquals(inbox.messages, numbered(1));
});

Deno.test("a peer that announces a frame over the limit is cut off and named", async () => {
  await using pair = await unixPair();
  pair.theirs.peer = "worker_1";
  const inbox = new Inbox(pair.theirs);
  const [good] = numbered(1);
  await writeAll(pair.connection, encodeFrames([JSON.stringify(good)]));
  await writeAll(pair.connection, encoder.encode("GET / HTTP/1.1\r\n\r\n"));
  const error = await pair.theirs.closed;
  assertEquals(
    error?.message,
    "worker_1: Cannot take a frame of 1195725856 bytes as at most 67108864 are allowed",
  );
  assert(error?.cause instanceof FrameTooLargeError);
  assertEquals(inbox.messages, [good]);
});

Deno.test("bytes that are not UTF-8 are reported and dropped, the next message arrives", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  await writeAll(pair.connection, new Uint8Array([0, 0, 0, 2, 0xc3, 0x28]));
  await pair.sendText('{"type":"records_end","records":0}');
  await inbox.count(2);
  assertEquals(inbox.problems[0]?.message, "Cannot read a message: it is not UTF-8");
  assertEquals(inbox.messages, numbered(1));
});

Deno.test("a peer that goes away in the middle of a message is reported", async () => {
  await using pair = await unixPair();
  new Inbox(pair.theirs);
  await writeAll(pair.connection, encodeFrames(["{}"]).subarray(0, 5));
  pair.connection.close();
  const error = await pair.theirs.closed;
  assertEquals(error?.message, "a client of theirs: it went away in the middle of a message");
});

Deno.test("what a peer said before it went away is read, though writing to it fails", async () => {
  await using pair = await unixPair();
  const gate = Promise.withResolvers<void>();
  const inbox = new Inbox(pair.theirs, () => gate.promise);
  // More than one read, and less than the system's own buffer.
  const sent = numbered(2_500);
  for (const message of sent) void pair.ours.send(message);
  await pair.ours.close();
  await inbox.count(1);
  for (let i = 0; i < 3; i++) {
    void pair.theirs.send({ type: "cancel_credits" });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  gate.resolve();
  const error = await pair.theirs.closed;
  assertEquals(inbox.messages.length, sent.length);
  assert(error?.message.includes("Broken pipe"), error?.message);
});

Deno.test("a channel that nobody reads from ends when its peer is gone and it writes", async () => {
  await using pair = await unixPair();
  await pair.theirs.close();
  const sending = setInterval(() => void pair.ours.send({ type: "cancel_credits" }), 1);
  const error = await pair.ours.closed;
  clearInterval(sending);
  assert(error?.message.includes("Broken pipe"), error?.message);
});

Deno.test("close() does not wait for ever for a peer that does not read", async () => {
  await using pair = await unixPair({ closeTimeoutMs: 20 });
  for (let i = 0; i < 1_000; i++) {
    void pair.ours.send({ type: "failure", serviceId: "x", cause: "x".repeat(1_000) });
  }
  await pair.ours.close();
  const error = await pair.ours.closed;
  assertEquals(error?.message, "theirs: it did not take its last messages within 20 ms");
  assertEquals(pair.ours.queued, 0);
});

Deno.test("what is sent while the channel is being closed does not keep it open", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  void pair.ours.send({ type: "records_end", records: 0 });
  const closing = pair.ours.close();
  void pair.ours.send({ type: "records_end", records: 1 });
  await closing;
  await pair.theirs.closed;
  assertEquals(inbox.messages, numbered(1));
});

Deno.test("a socket that cannot be made is named with the reason", () => {
  assertThrows(
    () => new UnixTransport("/nonexistent").listen("bus", () => {}),
    Error,
    'Cannot listen on "bus": No such file or directory (os error 2): "/nonexistent/bus.sock"',
  );
  assertThrows(
    () => new UnixTransport(`/tmp/${"a".repeat(120)}`).listen("bus", () => {}),
    Error,
    'Cannot listen on "bus": path must be shorter than SUN_LEN',
  );
});

Deno.test("a listener outlives connections that cannot be taken", async () => {
  const full = new Error("Too many open files (os error 24)");
  const connection = {} as Deno.UnixConn;
  const answers = [full, full, connection];
  const closed = new AbortController();
  const taken: Deno.UnixConn[] = [];
  const errors: Error[] = [];
  const accept = () => {
    const answer = answers.shift();
    if (answer === undefined) closed.abort();
    if (answer instanceof Error || answer === undefined) return Promise.reject(answer);
    return Promise.resolve(answer);
  };
  await acceptAll({ accept }, {
    signal: closed.signal,
    take: (one) => taken.push(one),
    onError: (error) => errors.push(error),
    pauseMs: 0,
  });
  assertEquals(taken, [connection]);
  assertEquals(errors, [full, full]);
});

Deno.test("a listener that is closed while it waits after an error ends at once", async () => {
  const closed = new AbortController();
  await acceptAll({ accept: () => Promise.reject(new Error("no more files")) }, {
    signal: closed.signal,
    take: () => {},
    onError: () => queueMicrotask(() => closed.abort()),
    pauseMs: 3_600_000,
  });
});

Deno.test("a service takes the place of one that left its socket behind", async () => {
  const folder = await Deno.makeTempDir({ prefix: "aiperf-test-" });
  try {
    // A listener that closes takes its socket away, unless that has another name by then.
    const killed = Deno.listen({ transport: "unix", path: `${folder}/killed.sock` });
    await Deno.rename(`${folder}/killed.sock`, `${folder}/records.sock`);
    killed.close();
    assert((await Deno.lstat(`${folder}/records.sock`)).isSocket);
    const transport = new UnixTransport(folder);
    const met = Promise.withResolvers<void>();
    const listener = transport.listen(
      "records",
      (channel) => void channel.close().then(met.resolve),
    );
    const channel = await transport.connect("records");
    await met.promise;
    await channel.close();
    listener.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what nobody waits for goes out together, in order, and with the next that is sent", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  const texts = numbered(6).map((message) => JSON.stringify(message));
  for (const text of texts.slice(0, 3)) pair.ours.sendTextLater(text);
  await Promise.resolve();
  await Promise.resolve();
  assert(pair.ours.queued > 0, "they wait for others");
  pair.ours.sendText(texts[3]!);
  await inbox.count(4);
  for (const text of texts.slice(4)) pair.ours.sendTextLater(text);
  await inbox.count(6);
  assertEquals(inbox.messages, numbered(6));
});

Deno.test("what waits for others is sent before the connection ends", async () => {
  await using pair = await unixPair();
  const inbox = new Inbox(pair.theirs);
  pair.ours.sendTextLater(JSON.stringify(numbered(1)[0]));
  await pair.ours.close();
  await inbox.count(1);
  assertEquals(inbox.messages, numbered(1));
});

/** A connection on which everything is there already, like that to a peer far ahead. */
function backlogOf(bytes: Uint8Array): Deno.UnixConn {
  let at = 0;
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      const piece = bytes.subarray(at, at + buffer.length);
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
    close(): void {},
  } as unknown as Deno.UnixConn;
}

Deno.test("timers fire while a backlog is worked off, however much there is of it", async () => {
  const sent = numbered(20_000);
  const bytes = encodeFrames(sent.map((message) => JSON.stringify(message)));
  const channel = new UnixChannel(backlogOf(bytes), "a peer far ahead");
  let received = 0;
  let receivedAtTimer: number | null = null;
  const timer = setTimeout(() => receivedAtTimer = received, 1);
  channel.receive(
    () => {
      received++;
      // What a message sets off costs more than the message.
      const endMs = performance.now() + 0.05;
      while (performance.now() < endMs);
    },
    (problem) => {
      throw problem;
    },
  );
  await channel.closed;
  clearTimeout(timer);
  assertEquals(received, sent.length);
  assert(receivedAtTimer !== null && receivedAtTimer < sent.length, "no timer fired meanwhile");
});
