import type { ByteStream } from "../../../services/mock_server/connection.ts";
import { settle } from "../../helpers/fake_clock.ts";

/** A socket whose client side the test plays. */
export class FakeStream implements ByteStream {
  readonly writes: string[] = [];
  /** How often the server has begun to read. */
  reads = 0;
  isClosed = false;
  /** The socket takes no more than this at once. */
  maxWrite = Infinity;
  isStuck = false;
  #incoming: (Uint8Array | null)[] = [];
  #wake: (() => void) | null = null;
  #unstick: (() => void) | null = null;

  async read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    while (this.#incoming.length === 0) {
      if (this.isClosed) throw new Deno.errors.Interrupted();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const bytes = this.#incoming.shift()!;
    if (bytes === null) return null;
    buffer.set(bytes);
    return bytes.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.isClosed) throw new Deno.errors.BrokenPipe();
    const count = Math.min(bytes.length, this.maxWrite);
    this.writes.push(new TextDecoder().decode(bytes.subarray(0, count)));
    if (this.isStuck) await new Promise<void>((resolve) => this.#unstick = resolve);
    return count;
  }

  close(): void {
    this.isClosed = true;
    this.#wake?.();
  }

  /** The client sends `text`, or hangs up. */
  async send(text: string | null): Promise<void> {
    this.put(text);
    await settle();
  }

  /** The same, but nothing runs yet. */
  put(text: string | null): void {
    this.#incoming.push(text === null ? null : new TextEncoder().encode(text));
    this.#wake?.();
  }

  async unstick(): Promise<void> {
    this.isStuck = false;
    this.#unstick?.();
    await settle();
  }

  /** Content tokens in each write. */
  get tokensPerWrite(): number[] {
    return this.writes.map((text) => text.split('"content":" ').length - 1);
  }
}
