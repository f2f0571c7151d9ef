import { assertEquals, assertRejects } from "@std/assert";
import { dial, dialWith } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { dialFrom } from "../../../common/http/local_dial.ts";
import { ReadQueue } from "../../../common/http/read_queue.ts";
import { ConnectionClosedError } from "../../../common/http/http_error.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { FakeTurns } from "../../helpers/fake_turns.ts";
import {
  chunk,
  chunkedHead,
  type RawConnection,
  startRawServer,
} from "../../helpers/raw_server.ts";
import { until } from "../../helpers/until.ts";
import { always, ANSWER, readAll, withScene } from "./scene.ts";

Deno.test("giving up an answer closes its connection, unless it is complete", async () => {
  let isGone = false;
  const handle = async (connection: RawConnection) => {
    await connection.request();
    await connection.write(ANSWER);
    await connection.request();
    await connection.write(chunkedHead() + chunk("one"));
    isGone = await connection.request() === null;
  };
  await withScene(handle, async ({ server, send }) => {
    (await send()).body.cancel();
    const { body } = await send();
    assertEquals(server.opened(), 1);
    body.cancel();
    body.cancel();
    await until("the connection is closed", () => isGone);
    await assertRejects(async () => {
      while (!(await body.read()).done);
    }, ConnectionClosedError);
  });
});

for (const [when, answer] of [["the head", ""], ["the body", chunkedHead()]]) {
  Deno.test(`abort in ${when} ends a request at once and closes its connection`, async () => {
    const heard = Promise.withResolvers<void>();
    let isGone = false;
    const handle = async (connection: RawConnection) => {
      await connection.request();
      await connection.write(answer!);
      heard.resolve();
      isGone = await connection.request() === null;
    };
    await withScene(handle, async ({ ask }) => {
      const abort = new AbortController();
      const asked = ask({ signal: abort.signal });
      await heard.promise;
      await new Promise((resolve) => setTimeout(resolve, 10));
      abort.abort("enough");
      assertEquals(await asked.catch((reason) => reason), "enough");
      await until("the connection is closed", () => isGone);
    });
  });
}

Deno.test("abort while the connection opens ends the request, and the late connection is closed", async () => {
  const abort = new AbortController();
  const server = startRawServer(async (connection) => void await connection.request());
  const clock = new FakeClock();
  const opening = Promise.withResolvers<void>();
  const transport = new Http1Transport({
    clock,
    dial: async (address, signal) => {
      const connection = dial(address, signal);
      opening.resolve();
      abort.abort("enough");
      return await connection;
    },
  });
  for (const url of [server.url, server.url.replace("http:", "https:")]) {
    const asked = sendNow(transport, {
      method: "GET",
      url,
      headers: [],
      body: null,
      signal: abort.signal,
    });
    assertEquals(await asked.catch((reason) => reason), "enough");
    await opening.promise;
  }
  transport.close();
  server.close();
});

Deno.test("abort just after a connection has opened ends the request, and the next one gets it", async () => {
  await withScene(always(ANSWER), async ({ server }) => {
    const abort = new AbortController();
    const transport = new Http1Transport({
      clock: new FakeClock(),
      dial: async (address) => {
        const connection = await dial(address, new AbortController().signal);
        abort.abort("enough");
        return connection;
      },
    });
    const told: string[] = [];
    const request = { method: "GET" as const, url: server.url, headers: [], body: null };
    const asked = sendNow(transport, {
      ...request,
      signal: abort.signal,
      onConnection: () => told.push("connection"),
      onSent: () => told.push("sent"),
    });
    assertEquals(await asked.catch((reason) => reason), "enough");
    assertEquals([told, transport.idle], [[], 1]);
    const { signal } = new AbortController();
    assertEquals(await readAll(await sendNow(transport, { ...request, signal })), "{}");
    assertEquals(server.opened(), 1);
    transport.close();
  });
});

for (
  const [whose, by] of [["the runtime's", dial], [
    "a local address's",
    dialFrom(["127.0.0.1"], {}),
  ]] as const
) {
  Deno.test(`abort never looks like the end of a body that the server ends by closing: ${whose} connection`, async () => {
    const handle = async (connection: RawConnection) => {
      await connection.request();
      await connection.write("HTTP/1.1 200 OK\r\n\r\nso far");
      await connection.request();
    };
    await withScene(handle, async ({ server }) => {
      const transport = new Http1Transport({ clock: new FakeClock(), dial: by });
      const abort = new AbortController();
      const request = { method: "GET" as const, url: server.url, headers: [], body: null };
      const { body } = await sendNow(transport, { ...request, signal: abort.signal });
      assertEquals(new TextDecoder().decode((await body.read()).value), "so far");
      const reading = body.read();
      abort.abort("enough");
      assertEquals(await reading.catch((reason) => reason), "enough");
      transport.close();
    });
  });
}

Deno.test("abort while a proxy digs a tunnel closes the connection to the proxy", async () => {
  let isGone = false;
  const handle = async (connection: RawConnection) => {
    await connection.request();
    isGone = await connection.request() === null;
  };
  await withScene(handle, async ({ server }) => {
    const { hostname, port } = new URL(server.url);
    const address = { isSecure: false, hostname, port: Number(port), socketPath: null };
    const byProxy = dialWith({}, { address, authorization: null });
    const abort = new AbortController();
    const target = { isSecure: true, hostname: "far.test", port: 443, socketPath: null };
    const opening = byProxy(target, abort.signal);
    await until("the connection to the proxy", () => server.opened() > 0);
    abort.abort("enough");
    assertEquals(await opening.catch((reason) => reason), "enough");
    await until("the connection is closed", () => isGone);
  });
});

/** Reads that get their turn when a test says so. */
class HeldReads extends ReadQueue {
  readonly held: (() => void)[] = [];

  override turn(): Promise<void> {
    return new Promise((resolve) => this.held.push(resolve));
  }
}

Deno.test("abort while a whole answer waits for its turn: its connection is not used again", async () => {
  await withScene(always(ANSWER), async ({ server }) => {
    const reads = new HeldReads(new FakeTurns());
    const transport = new Http1Transport({ clock: new FakeClock(), dial, reads });
    const abort = new AbortController();
    const request = { method: "GET" as const, url: server.url, headers: [], body: null };
    const answering = sendNow(transport, { ...request, signal: abort.signal });
    await until("the answer", () => reads.held.length > 0);
    abort.abort("enough");
    reads.held.pop()!();
    const { body } = await answering;
    assertEquals((await body.read()).done, false);
    const ending = body.read();
    assertEquals(transport.idle, 0);
    assertEquals((await ending).done, true);
    transport.close();
  });
});

Deno.test("a request that is over before it begins opens nothing", async () => {
  await withScene(always(ANSWER), async ({ server, ask }) => {
    const asked = ask({ signal: AbortSignal.abort("enough") });
    assertEquals(await asked.catch((reason) => reason), "enough");
    assertEquals(server.opened(), 0);
  });
});

Deno.test("after close no connection is kept", async () => {
  let gone = 0;
  const handle = async (connection: RawConnection) => {
    while (await connection.request() !== null) await connection.write(ANSWER);
    gone++;
  };
  await withScene(handle, async ({ transport, send, ask }) => {
    await ask();
    const open = await send();
    const other = await send();
    transport.close();
    await readAll(other);
    await readAll(open);
    await until("both connections are closed", () => gone === 2);
  });
});

Deno.test("a request is told to be sent once its connection has all of it, and before the answer", async () => {
  const heard = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const told: string[] = [];
  const handle = async (connection: RawConnection) => {
    await connection.request();
    heard.resolve();
    await answered.promise;
    await connection.write(ANSWER);
  };
  await withScene(handle, async ({ ask }) => {
    const asked = ask({
      onConnection: () => told.push("connection"),
      onSent: () => told.push("sent"),
    });
    assertEquals(told, []);
    await heard.promise;
    await until("the request is told to be sent", () => told.length === 2);
    answered.resolve();
    await asked;
    assertEquals(told, ["connection", "sent"]);
  });
});
