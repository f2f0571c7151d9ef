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
