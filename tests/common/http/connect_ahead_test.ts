import { assertEquals, assertRejects } from "@std/assert";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { until } from "../../helpers/until.ts";
import { barrier, withScene } from "./scene.ts";

Deno.test("connections that are opened beforehand serve the requests that were announced", async () => {
  await withScene(barrier(5), async ({ server, transport, ask }) => {
    transport.connectAhead(server.url, 3);
    transport.connectAhead(server.url, 5);
    await until("they are open", () => server.opened() === 5);
    await until("they are at hand", () => transport.idle === 5);
    await Promise.all(Array.from({ length: 5 }, () => ask()));
    assertEquals(server.opened(), 5);
    // Those that are idle again count.
    transport.connectAhead(server.url, 5);
    await Promise.all(Array.from({ length: 5 }, () => ask()));
    assertEquals(server.opened(), 5);
  });
});

Deno.test("nothing is opened beforehand where each request, or each session, opens its own", () => {
  for (const reuse of ["never", "sticky-user-sessions"] as const) {
    let dials = 0;
    const transport = new Http1Transport({
      dial: () => {
        dials++;
        return Promise.reject(new Error("nobody is there"));
      },
      clock: new FakeClock(),
      reuse,
    });
    transport.connectAhead("http://127.0.0.1:1/", 2);
    assertEquals(dials, 0, reuse);
    transport.close();
  }
});

Deno.test("a request takes a connection that is just being opened, and opens no other", async () => {
  await withScene(barrier(3), async ({ server, transport, ask }) => {
    transport.connectAhead(server.url, 3);
    await Promise.all(Array.from({ length: 3 }, () => ask()));
    assertEquals(server.opened(), 3);
  });
});

Deno.test("a request that is cut off while its connection is opened leaves it to the next", async () => {
  await withScene(barrier(1), async ({ server, transport, ask }) => {
    transport.connectAhead(server.url, 1);
    const cut = new AbortController();
    const request = { method: "GET", url: server.url, headers: [], body: null } as const;
    const asked = transport.prepare(request).send(cut.signal);
    cut.abort("enough");
    assertEquals(await asked.catch((reason) => reason), "enough");
    await ask();
    assertEquals(server.opened(), 1);
  });
});

Deno.test("what cannot be opened beforehand fails when it is needed, and no sooner", async () => {
  const transport = new Http1Transport({
    dial: () => Promise.reject(new Error("nobody is there")),
    clock: new FakeClock(),
  });
  transport.connectAhead("http://127.0.0.1:1/", 2);
  await new Promise((resolve) => setTimeout(resolve, 0));
  const { signal } = new AbortController();
  await assertRejects(
    () =>
      sendNow(transport, {
        method: "GET",
        url: "http://127.0.0.1:1/",
        headers: [],
        body: null,
        signal,
      }),
    Error,
    "nobody is there",
  );
  transport.close();
  transport.connectAhead("http://127.0.0.1:1/", 2);
});
