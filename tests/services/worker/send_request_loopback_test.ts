import { assertEquals } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import type { ErrorDetails, RequestRecord } from "../../../common/model/record.ts";
import type { EndpointPlan } from "../../../common/model/run_config.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import {
  chunk,
  chunkedHead,
  type RawConnection,
  startRawServer,
  wholeAnswer,
} from "../../helpers/raw_server.ts";
import { sendOnce } from "./sending.ts";

function delta(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
}

interface Exchange {
  record: RequestRecord;
  host: string;
}

/** Sends one request to a server that does what `handle` says. */
async function exchange(
  handle: (connection: RawConnection) => Promise<void>,
  plan: Partial<EndpointPlan> = {},
): Promise<Exchange> {
  const server = startRawServer(handle);
  try {
    return { record: await ask({ urls: [server.url], ...plan }), host: server.host };
  } finally {
    server.close();
  }
}

/** Sends one request with a client of its own. */
async function ask(plan: Partial<EndpointPlan>): Promise<RequestRecord> {
  const clock = new SystemClock(Math.floor(performance.timeOrigin));
  const transport = new Http1Transport({ dial, clock });
  try {
    return await sendOnce({ clock, transport, plan });
  } finally {
    transport.close();
  }
}

Deno.test("a streamed answer over a real connection", async () => {
  let request = "";
  const { record, host } = await exchange(async (connection) => {
    request = (await connection.request())!;
    await connection.write(chunkedHead());
    for (const text of ["Hel", "lo"]) await connection.write(chunk(delta(text)));
    await connection.write(chunk("data: [DONE]\n\n") + chunk(""));
  });
  assertEquals(record.error, null);
  assertEquals(record.outcome, "success");
  assertEquals(record.text, { output: "Hello", reasoning: "" });
  assertEquals(record.chunksAfterNs.length, 2);
  const times = [0, record.headersAfterNs!, ...record.chunksAfterNs, record.endAfterNs!];
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals(request.split("\r\n")[0], "POST /v1/chat/completions HTTP/1.1");
  assertEquals(/^host: (.*)$/im.exec(request)?.[1]?.trim(), host);
  assertEquals(JSON.parse(request.slice(request.indexOf("\r\n\r\n"))), {
    messages: [{ role: "user", content: "hi" }],
    model: "m",
    stream: true,
    max_completion_tokens: 5,
    stream_options: { include_usage: true },
  });
});

Deno.test("chunks larger than the read buffer come through whole", async () => {
  const text = "ä€😀".repeat(40_000);
  const { record } = await exchange(async (connection) => {
    await connection.request();
    await connection.write(chunkedHead() + chunk(delta("a")) + chunk(delta(text)) + chunk(""));
  });
  assertEquals(record.error, null);
  assertEquals(record.text?.output === "a" + text, true);
  assertEquals(record.chunksAfterNs.length, 2);
});

Deno.test("a large whole answer comes through whole", async () => {
  const text = "ä€😀".repeat(40_000);
  const body = JSON.stringify({ choices: [{ message: { content: text } }] });
  const { record } = await exchange(async (connection) => {
    await connection.request();
    await connection.write(wholeAnswer("200 OK", "application/json", body));
  }, { streaming: false });
  assertEquals(record.error, null);
  assertEquals(record.text?.output === text, true);
});

interface Failure {
  name: string;
  handle: (connection: RawConnection) => Promise<void>;
  httpStatus: number | null;
  chunks?: number;
  /** `HOST` stands for the server's host and port. */
  error: ErrorDetails;
}

const CLOSED: ErrorDetails = {
  code: null,
  type: "ConnectionClosed",
  message: "the server closed the connection before it answered",
};

const BROKEN: ErrorDetails = {
  code: null,
  type: "ConnectionClosed",
  message: "the connection broke in the middle of the answer",
};

const FAILURES: Failure[] = [
  {
    name: "a server that closes at once",
    handle: (connection) => Promise.resolve(connection.close()),
    httpStatus: null,
    error: CLOSED,
  },
  {
    name: "a server that closes after the request",
    handle: async (connection) => {
      await connection.request();
      connection.close();
    },
    httpStatus: null,
    error: CLOSED,
  },
  {
    name: "a server that closes in the middle of a stream",
    handle: async (connection) => {
      await connection.request();
      await connection.write(chunkedHead() + chunk(delta("a")) + chunk(delta("b").slice(0, 9)));
      connection.close();
    },
    httpStatus: 200,
    chunks: 1,
    error: BROKEN,
  },
  {
    name: "a server that breaks the chunked coding",
    handle: async (connection) => {
      await connection.request();
      await connection.write(chunkedHead() + chunk(delta("a")));
      await connection.write("zz\r\n");
      connection.close();
    },
    httpStatus: 200,
    chunks: 1,
    error: {
      code: null,
      type: "InvalidHTTP",
      message: "HOST breaks the rules of HTTP: a chunk without a size",
    },
  },
  {
    name: "a server that sends less than it announced",
    handle: async (connection) => {
      await connection.request();
      const answer = wholeAnswer("200 OK", "text/event-stream", delta("a") + delta("b"));
      await connection.write(answer.slice(0, -9));
      connection.close();
    },
    httpStatus: 200,
    chunks: 1,
    error: BROKEN,
  },
  {
    name: "a server that does not speak HTTP",
    handle: async (connection) => {
      await connection.request();
      await connection.write("SSH-2.0-OpenSSH_9.6\r\n");
      connection.close();
    },
    httpStatus: null,
    error: {
      code: null,
      type: "InvalidHTTP",
      message: "HOST does not answer in HTTP/1.1 (perhaps it wants https?)",
    },
  },
  {
    name: "a server whose head never ends",
    handle: async (connection) => {
      await connection.request();
      await connection.write("HTTP/1.1 200 OK\r\n");
      for (;;) await connection.write("x-more: and more\r\n".repeat(100));
    },
    httpStatus: null,
    error: {
      code: null,
      type: "InvalidHTTP",
      message: "HOST breaks the rules of HTTP: a head of more than 64 KiB",
    },
  },
  {
    name: "a server that closes in the middle of the head",
    handle: async (connection) => {
      await connection.request();
      await connection.write("HTTP/1.1 200 OK\r\ncontent-type: te");
      connection.close();
    },
    httpStatus: null,
    error: CLOSED,
  },
  {
    name: "a server that redirects nowhere",
    handle: async (connection) => {
      await connection.request();
      await connection.write("HTTP/1.1 307 Go\r\nlocation: ftp://x\r\ncontent-length: 0\r\n\r\n");
      await connection.request();
    },
    httpStatus: null,
    error: {
      code: null,
      type: "BadRedirect",
      message: "the server redirects to a place that is none",
    },
  },
  {
    name: "a server that redirects for ever",
    handle: async (connection) => {
      while (await connection.request() !== null) {
        await connection.write("HTTP/1.1 307 Go on\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
      }
    },
    httpStatus: null,
    error: { code: null, type: "TooManyRedirects", message: "the server redirects for ever" },
  },
  {
    name: "a web page",
    handle: async (connection) => {
      await connection.request();
      const page = "<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>";
      await connection.write(wholeAnswer("200 OK", "text/html", page));
    },
    httpStatus: 200,
    error: {
      code: 502,
      type: "UnexpectedResponse",
      message: "the server answered with HTML: Welcome to nginx!",
    },
  },
  {
    name: "an empty answer",
    handle: async (connection) => {
      await connection.request();
      await connection.write(wholeAnswer("200 OK", "text/event-stream", ""));
    },
    httpStatus: 200,
    error: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
  },
  {
    name: "no content, by status",
    handle: async (connection) => {
      await connection.request();
      await connection.write("HTTP/1.1 204 No Content\r\n\r\n");
    },
    httpStatus: 204,
    error: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
  },
  {
    name: "a status with the server's message",
    handle: async (connection) => {
      await connection.request();
      const body = '{"error":{"message":"no such model","type":"NotFoundError","code":404}}';
      await connection.write(wholeAnswer("404 Not Found", "application/json", body));
    },
    httpStatus: 404,
    error: { code: 404, type: "Not Found", message: "no such model" },
  },
  {
    name: "a status with an endless page",
    handle: async (connection) => {
      await connection.request();
      await connection.write("HTTP/1.1 500 Oops\r\ncontent-type: text/plain\r\n\r\n");
      for (;;) await connection.write("no ".repeat(20_000));
    },
    httpStatus: 500,
    error: { code: 500, type: "Oops", message: "no ".repeat(66) + "n…" },
  },
  {
    name: "a stream whose line never ends",
    handle: async (connection) => {
      await connection.request();
      await connection.write(chunkedHead() + chunk(delta("a")) + chunk("data: "));
      for (;;) await connection.write(chunk("x".repeat(2 ** 20)));
    },
    httpStatus: 200,
    chunks: 1,
    error: {
      code: 502,
      type: "ResponseTooLarge",
      message: "the server sent more than 32 MiB in one piece",
    },
  },
  {
    name: "an error in the middle of an endless stream",
    handle: async (connection) => {
      await connection.request();
      await connection.write(chunkedHead() + chunk(delta("a")));
      await connection.write(chunk('event: error\ndata: {"message":"lost","code":500}\n\n'));
      for (;;) await connection.write(chunk(delta("b").repeat(1000)));
    },
    httpStatus: 200,
    chunks: 1,
    error: { code: 500, type: "ServerError", message: "lost" },
  },
];

for (const { name, handle, httpStatus, chunks = 0, error } of FAILURES) {
  Deno.test(`a failure over a real connection: ${name}`, async () => {
    const { record, host } = await exchange(handle);
    assertEquals(record.error, { ...error, message: error.message.replace("HOST", host) });
    assertEquals(record.outcome, "error");
    assertEquals(record.httpStatus, httpStatus);
    assertEquals(record.chunksAfterNs.length, chunks);
    assertEquals(record.endAfterNs !== null && record.sentNs !== null, true);
  });
}

Deno.test("a port where nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const record = await ask({ urls: [`http://${host}/v1/chat/completions`] });
  assertEquals(record.error, {
    code: null,
    type: "ConnectionRefused",
    message: `${host} refused the connection`,
  });
});

Deno.test("a name that does not exist", async () => {
  const url = "http://no-such-host.invalid:8000/v1/chat/completions";
  const record = await ask({ urls: [url] });
  assertEquals(record.error, {
    code: null,
    type: "DNSError",
    message: "the name of no-such-host.invalid:8000 cannot be resolved",
  });
});

Deno.test("https to a server that speaks http", async () => {
  const server = startRawServer(async (connection) => {
    await connection.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    connection.close();
  });
  const url = server.url.replace("http:", "https:");
  const record = await ask({ urls: [url] });
  server.close();
  assertEquals(record.error, {
    code: null,
    type: "TLSError",
    message: `no secure connection to ${server.host}: it does not speak TLS; is it http rather ` +
      "than https?",
  });
});

for (
  const [after, isKept] of [["keeps the connection open", true], ["cuts it off", false]] as const
) {
  Deno.test(`a stream without content is called so when its server ${after} behind its last word`, async () => {
    const { record } = await exchange(async (connection) => {
      await connection.request();
      await connection.write(chunkedHead() + chunk(delta("")) + chunk("data: [DONE]\n\n"));
      if (isKept) await connection.request();
      else connection.close();
    });
    assertEquals([record.outcome, record.error], ["error", {
      code: 502,
      type: "EmptyResponse",
      message: "the stream ended without content",
    }]);
  });
}
