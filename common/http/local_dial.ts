import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, rootCertificates } from "node:tls";
import type { Dial, TlsOptions } from "./dial.ts";
import type { ByteStream } from "./http1_connection.ts";
import type { Address } from "./target.ts";

/**
 * Opens connections from local addresses, one after the other, which the runtime's own sockets
 * cannot do.
 */
export function dialFrom(localAddresses: readonly string[], tls: TlsOptions): Dial {
  let next = 0;
  return async (address, signal) => {
    const localAddress = localAddresses[next++ % localAddresses.length]!;
    const socket = await opened(open(address, localAddress, tls), address, signal);
    return new NodeStream(socket);
  };
}

function open(
  { hostname, port, isSecure }: Address,
  localAddress: string,
  tls: TlsOptions,
): Socket {
  const family = localAddress.includes(":") ? 6 : 4;
  const socket = connectPlain({ host: hostname, port, localAddress, family, noDelay: true });
  if (!isSecure) return socket;
  const { caCerts = [], cert, key } = tls;
  return connectTls({
    socket,
    ALPNProtocols: ["http/1.1"],
    // An address is no name that a server could be asked for.
    ...!/^[\d.]+$|:/.test(hostname) && { servername: hostname },
    host: hostname,
    ca: [...rootCertificates, ...caCerts],
    ...cert !== undefined && { cert, key: key! },
  });
}

function opened(socket: Socket, { isSecure }: Address, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    const settle = (end: () => void) => () => {
      signal.removeEventListener("abort", onAbort);
      end();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once(isSecure ? "secureConnect" : "connect", settle(() => resolve(socket)));
    socket.on("error", (error) => settle(() => reject(inSystemWords(error)))());
    socket.once("close", settle(() => reject(new Error("connection closed"))));
  });
}

/** What the system calls the failures that Node has codes for. */
const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: "Cannot assign requested address",
  EADDRNOTAVAIL: "Cannot assign requested address",
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EHOSTUNREACH: "No route to host",
  EMFILE: "Too many open files",
  ENETUNREACH: "Network is unreachable",
  ENOTFOUND: "failed to lookup address information",
  ETIMEDOUT: "Connection timed out (os error 110)",
};

function inSystemWords(error: Error & { code?: string }): Error {
  const words = WORDS[error.code ?? ""];
  return words === undefined ? error : new Error(words, { cause: error });
}

/** A socket of Node as a stream that is read when somebody wants to. */
class NodeStream implements ByteStream {
  readonly #socket: Socket;
  #left: Uint8Array | null = null;
  #isOver = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = () => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on("readable", () => this.#wake());
    socket.on("end", end);
    socket.on("close", end);
    socket.on("error", (error) => {
      this.#error = inSystemWords(error);
      end();
    });
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    for (;;) {
      const bytes = this.#left ?? this.#socket.read() as Uint8Array | null;
      if (bytes !== null) return this.#handOut(bytes, buffer);
      if (this.#error !== null) throw this.#error;
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #handOut(bytes: Uint8Array, buffer: Uint8Array): number {
    const count = Math.min(bytes.length, buffer.length);
    buffer.set(bytes.subarray(0, count));
    this.#left = count === bytes.length ? null : bytes.subarray(count);
    return count;
  }
}
