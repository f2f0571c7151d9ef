import { assertEquals, assertRejects } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { ConnectionClosedError } from "../../../common/http/http_error.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import {
  chunk,
  chunkedHead,
  type RawConnection,
  startRawServer,
} from "../../helpers/raw_server.ts";
import { until } from "../../helpers/until.ts";
import { always, ANSWER, readAll, withScene } from "./scene.ts";
import { sendNow } from "../../../common/http/send_now.ts";

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
