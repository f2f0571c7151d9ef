const encoder = new TextEncoder();

/** One connection of a raw server. */
export interface RawConnection {
  /** Waits for a whole request; resolves to its text, or to null when the client is gone. */
  request(): Promise<string | null>;
  write(text: string): Promise<void>;
  /** Closes properly (FIN), or, with data still unread, with a reset. */
  close(): void;
}

/** A server on loopback that says exactly what a test makes it say. */
export interface RawServer {
  /** Where requests go: `http://127.0.0.1:<port>/v1/chat/completions`. */
  url: string;
  /** Host and port. */
  host: string;
  /** How many connections were accepted so far. */
  opened(): number;
  close(): void;
}

/** Serves each connection with `handle`, until `close`. */
export function startRawServer(handle: (connection: RawConnection) => Promise<void>): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let opened = 0;
  void (async () => {
    for await (const conn of listener) {
      opened++;
      open.add(conn);
      // A connection that the client breaks off is no failure of the server.
      void handle(connectionOf(conn)).catch(() => {});
    }
  })();
  const host = `127.0.0.1:${listener.addr.port}`;
  return {
    url: `http://${host}/v1/chat/completions`,
    host,
    opened: () => opened,
    close() {
      listener.close();
      for (const conn of open) closeQuietly(conn);
    },
  };
}

/** The head of a 200 answer with a chunked body. */
export function chunkedHead(type = "text/event-stream"): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
}

/** One piece of a chunked body. */
export function chunk(text: string): string {
  return `${encoder.encode(text).length.toString(16)}\r\n${text}\r\n`;
}

/** A whole answer. */
export function wholeAnswer(status: string, type: string, body: string): string {
  const { length } = encoder.encode(body);
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

function connectionOf(conn: Deno.Conn): RawConnection {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  let received = "";
  return {
    async request() {
      for (;;) {
        const end = endOfRequest(received);
        if (end !== null) {
          const request = received.slice(0, end);
          received = received.slice(end);
          return request;
        }
        const count = await conn.read(buffer);
        if (count === null) return null;
        received += decoder.decode(buffer.subarray(0, count), { stream: true });
      }
    },
    async write(text) {
      const bytes = encoder.encode(text);
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    },
    close: () => closeQuietly(conn),
  };
}

function endOfRequest(received: string): number | null {
  const head = received.indexOf("\r\n\r\n");
  if (head < 0) return null;
  const length = Number(/content-length: (\d+)/i.exec(received.slice(0, head))?.[1] ?? 0);
  return received.length >= head + 4 + length ? head + 4 + length : null;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
