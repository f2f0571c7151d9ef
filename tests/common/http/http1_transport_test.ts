import { assertEquals, assertRejects } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import { ConnectionClosedError, HttpSyntaxError } from "../../../common/http/http_error.ts";
import type { ConnectionFacts } from "../../../common/http/http_transport.ts";
import { sendNow } from "../../../common/http/send_now.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { chunk, chunkedHead, type RawConnection, wholeAnswer } from "../../helpers/raw_server.ts";
import { until } from "../../helpers/until.ts";
import { always, ANSWER, barrier, readAll, withScene } from "./scene.ts";

Deno.test("all requests are in flight at once, and their connections serve the next ones", async () => {
  await withScene(barrier(100), async ({ server, ask }) => {
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 100 }, () => ask()));
    }
    assertEquals(server.opened(), 100);
  });
});

Deno.test("head and body are those of the server", async () => {
  await withScene(always(ANSWER), async ({ send }) => {
    const answer = await send();
    assertEquals([answer.status, answer.statusText], [200, "OK"]);
    assertEquals(answer.header("Content-Type"), "application/json");
    assertEquals(answer.header("x-unknown"), null);
    assertEquals(await readAll(answer), "{}");
    // Reading on is allowed, and brings nothing.
    assertEquals((await answer.body.read()).done, true);
  });
});

Deno.test("a request hears how long its connection took to open, or that it was open", async () => {
  const clock = new FakeClock();
  await withScene(always(ANSWER), async ({ server }) => {
    const heard: [openedInNs: number, open: number][] = [];
    const transport = new Http1Transport({
      clock,
      dial: async (address, signal) => {
        const stream = await dial(address, signal);
        await clock.advance(7);
        return stream;
      },
    });
    for (let i = 0; i < 3; i++) {
      const answer = await sendNow(transport, {
        method: "GET",
        url: server.url,
        headers: [],
        body: null,
        signal: new AbortController().signal,
        onConnection: ({ openedInNs, open }) => heard.push([openedInNs, open]),
      });
      await readAll(answer);
    }
    assertEquals(heard, [[7e6, 1], [0, 1], [0, 1]]);
    transport.close();
  }, clock);
});

Deno.test("a request hears whether its connection stands for one that was closed", async () => {
  const heard: [isReplacement: boolean, open: number][] = [];
  const onConnection = ({ isReplacement, open }: ConnectionFacts) =>
    heard.push([isReplacement, open]);
  const closing = ANSWER.replace("\r\n", "\r\nconnection: close\r\n");
  let isFirst = true;
  const handle = async (connection: RawConnection) => {
    for (let more = true; more && await connection.request() !== null;) {
      await connection.write(isFirst ? closing : ANSWER);
      more = !isFirst;
      isFirst = false;
    }
  };
  await withScene(handle, async ({ send, ask }) => {
    await ask({ onConnection });
    const held = [await send({ onConnection }), await send({ onConnection })];
    for (const answer of held) await readAll(answer);
    await ask({ onConnection });
  });
  assertEquals(heard, [[false, 1], [true, 1], [false, 2], [false, 2]]);
});

Deno.test("a connection that cannot be opened is not heard of", async () => {
  // Not of a server that has just closed: for a moment the system may still accept for it.
  const dial = () => Promise.reject(new Error("nobody is there"));
  const transport = new Http1Transport({ dial, clock: new FakeClock() });
  let heard = 0;
  const request = {
    method: "GET" as const,
    url: "http://127.0.0.1:1/",
    headers: [],
    body: null,
    signal: new AbortController().signal,
    onConnection: () => heard++,
  };
  await assertRejects(() => sendNow(transport, request), Error, "nobody is there");
  assertEquals(heard, 0);
  transport.close();
});

Deno.test("a large request and a large answer come through whole", async () => {
  const text = "0123456789".repeat(100_000);
  const echo = async (connection: RawConnection) => {
    const request = (await connection.request())!;
    const body = request.slice(request.indexOf("\r\n\r\n") + 4);
    await connection.write(chunkedHead() + chunk(body) + chunk(""));
  };
  await withScene(echo, async ({ ask }) => {
    assertEquals(await ask({ body: text }) === text, true);
  });
});

Deno.test("each piece comes in a read of its own, as the network brought it", async () => {
  const pieces = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const handle = async (connection: RawConnection) => {
    await connection.request();
    await connection.write(chunkedHead() + chunk("one"));
    await pieces[0]!.promise;
    await connection.write(chunk("two") + chunk("three"));
    await pieces[1]!.promise;
    await connection.write(chunk(""));
  };
  const clock = new FakeClock();
  await withScene(handle, async ({ send }) => {
    const { body } = await send();
    const heard: [string, number][] = [];
    for (let i = 0;; i++) {
      const { done, value } = await body.read();
      if (done) break;
      heard.push([new TextDecoder().decode(value), body.arrivedNs]);
      await clock.advance(10);
      pieces[i]!.resolve();
    }
    assertEquals(heard, [["one", 0], ["twothree", 10e6]]);
  }, clock);
});

/** Answers after which a connection must not be used again. */
const LAST_ANSWERS: [name: string, answer: string][] = [
  ["the server wants to close", ANSWER.replace("\r\n", "\r\nconnection: close\r\n")],
  ["HTTP/1.0", ANSWER.replace("HTTP/1.1", "HTTP/1.0")],
  ["more than the answer", ANSWER + "more"],
  ["two answers", ANSWER + ANSWER],
];

for (const [name, answer] of LAST_ANSWERS) {
  Deno.test(`a connection is not used again: ${name}`, async () => {
    await withScene(always(answer), async ({ server, ask }) => {
      for (let i = 0; i < 3; i++) assertEquals(await ask(), "{}");
      assertEquals(server.opened(), 3);
    });
  });
}

Deno.test("a body may end with the connection", async () => {
  const handle = async (connection: RawConnection) => {
    await connection.request();
    await connection.write("HTTP/1.0 200 OK\r\n\r\nhello");
    connection.close();
  };
  await withScene(handle, async ({ ask }) => {
    assertEquals([await ask(), await ask()], ["hello", "hello"]);
  });
});

Deno.test("interim answers are read over, and the connection is used again", async () => {
  const answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n" + ANSWER;
  await withScene(always(answer), async ({ server, ask }) => {
    assertEquals([await ask(), await ask(), server.opened()], ["{}", "{}", 1]);
  });
});

Deno.test("a connection that the server has closed while it was idle is not used again", async () => {
  const handle = async (connection: RawConnection) => {
    if (await connection.request() === null) return;
    await connection.write(ANSWER);
    connection.close();
  };
  await withScene(handle, async ({ server, transport, ask }) => {
    for (let i = 0; i < 3; i++) {
      assertEquals(await ask(), "{}");
      // The news of the close travels through the kernel.
      await until("the close is heard of", () => transport.idle === 0);
    }
    assertEquals(server.opened(), 3);
  });
});

Deno.test("a request whose reused connection dies fails; it is not sent again", async () => {
  let requests = 0;
  const handle = async (connection: RawConnection) => {
    while (await connection.request() !== null) {
      if (++requests === 2) connection.close();
      else await connection.write(ANSWER);
    }
  };
  await withScene(handle, async ({ server, ask }) => {
    await ask();
    const error = await assertRejects(() => ask(), ConnectionClosedError);
    assertEquals([error.isMidAnswer, error.isReused], [false, true]);
    assertEquals(error.message, "the server closed a reused connection before it answered");
    assertEquals([requests, server.opened()], [2, 1]);
    assertEquals(await ask(), "{}");
  });
});

Deno.test("a connection is closed after four idle seconds, or a second before the server would", async () => {
  for (const [hint, idleMs] of [["", 4000], ["keep-alive: timeout=3\r\n", 2000]] as const) {
    const clock = new FakeClock();
    let isGone = false;
    const handle = async (connection: RawConnection) => {
      await connection.request();
      await connection.write(ANSWER.replace("\r\n", `\r\n${hint}`));
      isGone = await connection.request() === null;
    };
    await withScene(handle, async ({ ask }) => {
      await ask();
      await clock.advance(idleMs - 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
      assertEquals(isGone, false);
      await clock.advance(1);
      await until("the connection is closed", () => isGone);
    }, clock);
  }
});

Deno.test("an answer that is broken says whether it had begun", async () => {
  for (const [answer, isMidAnswer] of [["HTTP/1.1 200", false], [chunkedHead(), true]] as const) {
    const handle = async (connection: RawConnection) => {
      await connection.request();
      await connection.write(answer);
      connection.close();
    };
    await withScene(handle, async ({ ask }) => {
      const error = await assertRejects(() => ask(), ConnectionClosedError);
      assertEquals([error.isMidAnswer, error.isReused], [isMidAnswer, false]);
    });
  }
});

Deno.test("an answer before the request is written whole is read, and its connection given up", async () => {
  const handle = async (connection: RawConnection) => {
    await connection.write(wholeAnswer("413 Too Large", "text/plain", "no"));
  };
  await withScene(handle, async ({ server, send }) => {
    const body = new Uint8Array(20 * 2 ** 20);
    for (let i = 0; i < 2; i++) {
      const answer = await send({ body });
      assertEquals([answer.status, await readAll(answer)], [413, "no"]);
    }
    assertEquals(server.opened(), 2);
  });
});

Deno.test("a mistake of the server ends its connection", async () => {
  const answer = chunkedHead() + "nonsense\r\n";
  await withScene(always(answer), async ({ server, ask }) => {
    for (let i = 0; i < 2; i++) await assertRejects(() => ask(), HttpSyntaxError);
    assertEquals(server.opened(), 2);
  });
});

Deno.test("redirects are followed on the same connection", async () => {
  const paths: string[] = [];
  const handle = async (connection: RawConnection) => {
    for (;;) {
      const request = await connection.request();
      if (request === null) return;
      const [method, path] = request.split(" ");
      paths.push(`${method} ${path} ${request.split("\r\n\r\n")[1]}`);
      const location = { "/v1/chat/completions": "/a", "/a": "/b" }[path!];
      const moved = `HTTP/1.1 308 Moved\r\nlocation: ${location}\r\ncontent-length: 4\r\n\r\nmove`;
      await connection.write(location === undefined ? ANSWER : moved);
    }
  };
  await withScene(handle, async ({ server, ask }) => {
    assertEquals(await ask(), "{}");
    assertEquals(paths, ["POST /v1/chat/completions {}", "POST /a {}", "POST /b {}"]);
    assertEquals(server.opened(), 1);
  });
});

Deno.test("an IPv6 address is reached by its URL", async () => {
  const listener = listenOnIpv6();
  if (listener === null) return;
  const served = (async () => {
    const connection = await listener.accept();
    const buffer = new Uint8Array(1000);
    const count = await connection.read(buffer);
    await connection.write(new TextEncoder().encode(ANSWER));
    connection.close();
    return new TextDecoder().decode(buffer.subarray(0, count!));
  })();
  const transport = new Http1Transport({ dial, clock: new FakeClock() });
  const host = `[::1]:${listener.addr.port}`;
  const answer = await sendNow(transport, {
    method: "GET",
    url: `http://${host}/x`,
    headers: [],
    body: null,
    signal: new AbortController().signal,
  });
  assertEquals(await readAll(answer), "{}");
  assertEquals(await served, `GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  transport.close();
  listener.close();
});

/** null on a machine without IPv6. */
function listenOnIpv6(): Deno.TcpListener | null {
  try {
    return Deno.listen({ hostname: "::1", port: 0 });
  } catch {
    return null;
  }
}
