import type { ByteStream } from "./http1_connection.ts";
import type { Address } from "./http1_transport.ts";

/**
 * Opens a TCP or TLS connection; IPv4 and IPv6 are tried in turn where a name has both.
 *
 * Rejects with the runtime's error, or with the signal's reason.
 */
export async function dial(address: Address, signal: AbortSignal): Promise<ByteStream> {
  const { hostname, port, isSecure } = address;
  if (isSecure) return await unlessAborted(dialTls(hostname, port), signal);
  const connection = await Deno.connect({ hostname, port, signal });
  // A request that is written at once must not wait for the acknowledgement of the last one.
  connection.setNoDelay(true);
  return connection;
}

async function dialTls(hostname: string, port: number): Promise<ByteStream> {
  const connection = await Deno.connectTls({ hostname, port, alpnProtocols: ["http/1.1"] });
  try {
    await connection.handshake();
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** A connection that comes too late is closed. */
function unlessAborted(opening: Promise<ByteStream>, signal: AbortSignal): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      opening.then((connection) => connection.close(), () => {});
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    opening.then(
      (connection) => {
        signal.removeEventListener("abort", onAbort);
        resolve(connection);
      },
      (error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}
