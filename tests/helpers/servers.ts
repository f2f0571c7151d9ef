import type { MockServerOptions } from "../../services/mock_server/mock_options.ts";
import { type MockServer, startMockServer } from "../../services/mock_server/server.ts";

/** Runs a test against a mock server in this very process, whose log it can read. */
export async function withMockServer(
  options: MockServerOptions,
  use: (server: MockServer) => Promise<void>,
): Promise<void> {
  const server = startMockServer(options);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** Runs a test against a server that answers as `handler` does; `use` gets its base URL. */
export async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** The base URL of a port of this machine where nobody listens. */
export function closedUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}

/** A server that answers requests by `answer`, and says nothing of interest to who looks whether it is there. */
export function servePosts(
  answer: () => Response | Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => request.method === "POST" ? answer() : new Response("{}"),
  );
}

/** A server that answers three requests of four at once, and never ends its answer to the fourth. */
export class StallingServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #received = 0;
  #stalled = 0;

  constructor() {
    this.#server = servePosts(() => this.#answer());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** How many answers are stuck after their first piece. */
  get stalled(): number {
    return this.#stalled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(): Response {
    const isLast = ++this.#received % 4 === 0;
    if (isLast) this.#stalled++;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encoder.encode(event({ choices: [{ delta: { content: "Hello" } }] })));
        if (isLast) return;
        controller.enqueue(encoder.encode(event(COUNTED) + "data: [DONE]\n\n"));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

/** A server that answers requests only when so many of them are there at once. */
export class GatheringServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #together: number;
  #waiting: (() => void)[] = [];
  #inFlight = 0;
  #maxInFlight = 0;
  #received = 0;

  constructor(together: number) {
    this.#together = together;
    this.#server = servePosts(() => this.#answer());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get received(): number {
    return this.#received;
  }

  /** How many requests had no answer at the same time, at most. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(): Promise<Response> {
    this.#received++;
    this.#maxInFlight = Math.max(this.#maxInFlight, ++this.#inFlight);
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length < this.#together) return;
      for (const answer of this.#waiting) answer();
      this.#waiting = [];
    });
    this.#inFlight--;
    return Response.json({ choices: [{ message: { content: "Hello" } }], ...USAGE });
  }
}

const encoder = new TextEncoder();

const USAGE = { usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 } };

const COUNTED = { choices: [], ...USAGE };

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
