/** A socket whose clients may say what they like: it is counted and thrown away. */
export interface BareListener {
  /** Resolves when so many bytes have come and, for 50 ms, no more. */
  received(bytes: number): Promise<void>;
  close(): void;
}

/** Listens on a Unix socket and reads as fast as it can, at next to no cost. */
export function bareListener(path: string): BareListener {
  const listener = Deno.listen({ transport: "unix", path });
  let bytes = 0;
  void (async () => {
    for await (const connection of listener) void drain(connection, (more) => bytes += more);
  })();
  return {
    async received(enough) {
      for (let before = -1; bytes < enough || bytes !== before;) {
        before = bytes;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: () => listener.close(),
  };
}

async function drain(connection: Deno.Conn, onBytes: (bytes: number) => void): Promise<void> {
  const buffer = new Uint8Array(256 * 1024);
  try {
    for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
      onBytes(n);
    }
  } finally {
    connection.close();
  }
}
