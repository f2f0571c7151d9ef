import { SocketTurns } from "../../common/runtime/socket_turns.ts";
import { WorkQueue } from "../../common/runtime/work_queue.ts";
import type { LoggedCall } from "./call_log.ts";
import { Connection, type ConnectionContext } from "./connection.ts";
import { DeadlineQueue, type DeadlineTimer } from "./deadline_queue.ts";
import { type MockServerOptions, resolveMockOptions } from "./mock_options.ts";
import type { LogPage, MockStats } from "./request_log.ts";
import { Router } from "./router.ts";

/** A mock inference server that is listening. */
export interface MockServer {
  /** Base URL without a path, e.g. `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Counters; the same as `GET /mock/stats`. */
  stats(): MockStats;
  /** True times of the requests with index `from` and above; the same as `GET /mock/requests`. */
  requests(from?: number): LogPage;
  /** Calls that are no requests to the model; the same as `GET /mock/calls`. */
  calls(): LoggedCall[];
  /** Stops listening and cuts all connections; resolves when nothing is left open. */
  stop(): Promise<void>;
}

/**
 * Starts a mock inference server, which listens when this returns.
 *
 * `onRefused`: told each reason once for which what came was no request.
 * It speaks HTTP/1.1 over plain sockets rather than through `Deno.serve`: so it knows when the bytes of
 * a token went to the socket, and streams several times as fast.
 *
 * @throws {RangeError} if an option is out of range.
 * @throws {Deno.errors.AddrInUse} if the port is taken.
 */
export function startMockServer(
  options: MockServerOptions = {},
  onRefused: (reason: string) => void = () => {},
): MockServer {
  const settings = resolveMockOptions(options);
  const listener = Deno.listen({
    hostname: settings.host,
    port: settings.port,
    tcpBacklog: 4096,
  });
  const router = new Router(settings, nowMs());
  const turns = new SocketTurns();
  const deadlines = new DeadlineQueue(systemTimer(turns));
  const reads = new WorkQueue(turns, () => deadlines.catchUp());
  // The first timer of a process fires some 10 ms late, so it is not left to the first request.
  const firstTimer = setTimeout(() => {}, 0);
  const connections = new Map<Connection, Promise<void>>();
  const reasons = new Set<string>();
  const context: ConnectionContext = {
    router,
    deadlines,
    reads,
    nowMs,
    onRefused(reason) {
      if (reasons.has(reason)) return;
      reasons.add(reason);
      onRefused(reason);
    },
    onClose: (connection) => connections.delete(connection),
  };
  const serve = (conn: Deno.TcpConn) => {
    // Others may wait to be taken, with requests that have come already.
    reads.holdOff();
    const connection = new Connection(conn, context);
    connections.set(connection, connection.run());
  };
  // Who comes before the turns are open waits in the system's queue.
  const accepting = turns.open().then(() => accept(listener, serve));
  const { port } = listener.addr;
  return {
    url: `http://${urlHost(settings.host)}:${port}`,
    host: settings.host,
    port,
    stats: () => router.log.stats(),
    requests: (from = 0) => router.log.page(from),
    calls: () => router.calls.all(),
    async stop() {
      listener.close();
      clearTimeout(firstTimer);
      deadlines.clear();
      const running = [...connections.values()];
      for (const connection of [...connections.keys()]) connection.close();
      await Promise.all([accepting, ...running]);
      await turns.close();
    },
  };
}

async function accept(listener: Deno.TcpListener, serve: (conn: Deno.TcpConn) => void) {
  for (;;) {
    let conn: Deno.TcpConn;
    try {
      conn = await listener.accept();
    } catch (error) {
      // A client that is gone before it is accepted, or no free descriptor, must not end the server.
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    try {
      conn.setNoDelay(true);
    } catch {
      conn.close();
      continue;
    }
    serve(conn);
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function systemTimer(turns: SocketTurns): DeadlineTimer {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  return {
    nowMs,
    start(delayMs, fire) {
      const timer = setTimeout(fire, delayMs);
      return () => clearTimeout(timer);
    },
    pause: (delayMs) => void Atomics.wait(cell, 0, 0, delayMs),
    turn: (run) => turns.next(run),
  };
}

/** How a listening address is reached from this machine, as it stands in a URL. */
function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return bracketed(host === "::" ? "::1" : host);
}

/** A host as it stands before a port. */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
