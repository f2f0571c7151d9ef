import type { ByteStream } from "./http1_connection.ts";
import { ProxyError } from "./http_error.ts";
import { type Proxy, proxyFailure, tunnelRequest } from "./proxy.ts";
import { ResponseParser } from "./response_parser.ts";
import type { Address } from "./target.ts";

/** Opens a connection. Rejects with the system's word on what failed, or when `signal` aborts. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<ByteStream>;

/** What a secure connection needs beside its address. */
export interface TlsOptions {
  /** Certificates in PEM that are trusted beside the usual ones. */
  readonly caCerts?: string[];
  /** What the client shows of itself, in PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Opens a connection: TCP, TLS, or a Unix socket; IPv4 and IPv6 are tried in turn where a name has
 * both.
 *
 * Rejects with the runtime's error.
 */
export function dial(address: Address, signal: AbortSignal): Promise<ByteStream> {
  return address.isSecure ? dialTls(address, {}, signal) : dialPlain(address, signal);
}

/** `dial` with certificates of one's own, and with all but Unix sockets through a proxy. */
export function dialWith(tls: TlsOptions, proxy: Proxy | null): Dial {
  return (address, signal) => {
    if (!address.isSecure) {
      // What is not secure is asked for at the proxy, whose address this is then.
      const isProxy = proxy !== null && address.socketPath === null;
      return isProxy ? dialProxy(proxy, signal) : dialPlain(address, signal);
    }
    return proxy === null
      ? dialTls(address, tls, signal)
      : unlessAborted(dialTunnel(address, { tls, proxy, signal }), signal);
  };
}

async function dialPlain(
  { hostname, port, socketPath }: Address,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  if (socketPath !== null) return await Deno.connect({ transport: "unix", path: socketPath });
  const connection = await Deno.connect({ hostname, port, signal });
  // A request that is written at once must not wait for the acknowledgement of the last one.
  connection.setNoDelay(true);
  return connection;
}

async function dialProxy({ address }: Proxy, signal: AbortSignal): Promise<Deno.Conn> {
  try {
    return await dialPlain(address, signal);
  } catch (thrown) {
    throw proxyFailure(thrown, address);
  }
}

const ALPN = ["http/1.1"];

async function dialTls(
  { hostname, port }: Address,
  { caCerts = [], cert, key }: TlsOptions,
  signal: AbortSignal,
): Promise<ByteStream> {
  const client = cert === undefined || key === undefined ? {} : { cert, key };
  const options = { hostname, port, caCerts, alpnProtocols: ALPN, ...client };
  const opening = Deno.connectTls(options).then((connection) => shakeHands(connection));
  return await unlessAborted(opening, signal);
}

async function shakeHands(connection: Deno.TlsConn): Promise<Deno.TlsConn> {
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface Tunnel {
  readonly tls: TlsOptions;
  readonly proxy: Proxy;
  readonly signal: AbortSignal;
}

async function dialTunnel(address: Address, { tls, proxy, signal }: Tunnel): Promise<ByteStream> {
  const connection = await dialProxy(proxy, signal) as Deno.TcpConn;
  // The runtime keeps a TLS connection until the server has shaken hands; one to a proxy it can close.
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    await openTunnel(connection, tunnelRequest(address, proxy));
    signal.throwIfAborted();
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
  const { hostname } = address;
  const { caCerts = [] } = tls;
  return await shakeHands(
    await Deno.startTls(connection, { hostname, caCerts, alpnProtocols: ALPN }),
  );
}

async function openTunnel(
  connection: Deno.TcpConn,
  request: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
  const parser = new ResponseParser();
  const buffer = new Uint8Array(4096);
  while (parser.head === null) {
    const count = await connection.read(buffer);
    if (count === null) throw new ProxyError("closed the connection");
    parser.push(buffer.slice(0, count));
    if (parser.mistake !== null) {
      throw new ProxyError(`does not speak HTTP: ${parser.mistake.message}`);
    }
  }
  const { status, statusText } = parser.head;
  if (status !== 200) throw new ProxyError(`answered ${status} ${statusText}`.trim());
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
