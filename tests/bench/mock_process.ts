import type { LogPage, MockStats } from "../../services/mock_server/request_log.ts";
import { startAiperf } from "./start_aiperf.ts";

/** The mock server in a process of its own, as a server under test would be. */
export class MockProcess {
  readonly url: string;
  readonly #process: Deno.ChildProcess;

  constructor(url: string, process: Deno.ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** Starts one on a free port; `flags`: those of `aiperf mock-server`. */
  static async start(flags: readonly string[] = []): Promise<MockProcess> {
    const process = startAiperf(["mock-server", "--port", "0", ...flags]);
    const words = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    for (;;) {
      const url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
      if (url !== undefined) {
        words.releaseLock();
        return new MockProcess(url, process);
      }
      const { value, done } = await words.read();
      if (done) throw new Error(`The mock server did not start: ${said}`);
      said += value;
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  async stats(): Promise<MockStats> {
    return await (await fetch(`${this.url}/mock/stats`)).json() as MockStats;
  }

  /** The true times of all requests so far. */
  async log(): Promise<LogPage> {
    return await (await fetch(`${this.url}/mock/requests`)).json() as LogPage;
  }

  /** Forgets the requests so far. */
  async clear(): Promise<void> {
    const response = await fetch(`${this.url}/mock/requests`, { method: "DELETE" });
    await response.body?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
  }
}
