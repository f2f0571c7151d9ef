import type { RequestRecord } from "../../common/model/record.ts";
import type { LoggedRequest } from "../../services/mock_server/request_log.ts";
import type { MockProcess } from "./mock_process.ts";
import { startAiperf } from "./start_aiperf.ts";

/** A whole run of the tool against a mock server, in a folder that is removed at the end. */
export class ToolRun {
  /** Wall clock just before the process was made, in milliseconds since 1970. */
  readonly spawnedUnixMs: number;
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #output: Promise<Deno.CommandOutput>;

  /** `flags`: those of `aiperf profile`, besides where the requests go; `main`: the main module. */
  constructor(server: MockProcess, flags: readonly string[], main?: string) {
    this.#folder = Deno.makeTempDirSync({ prefix: "aiperf-perf-" });
    const where = ["--model", "mock-model", "--url", server.url, "--artifact-dir", this.artifacts];
    this.spawnedUnixMs = performance.timeOrigin + performance.now();
    this.#process = startAiperf(["profile", ...where, "--ui", "none", ...flags], main);
    this.#output = this.#process.output();
  }

  get pid(): number {
    return this.#process.pid;
  }

  get artifacts(): string {
    return `${this.#folder}/out`;
  }

  /** Waits for the end; throws what the tool had to say when it was not a good one. */
  async end(): Promise<void> {
    const { code, stderr } = await this.#output;
    if (code === 0) return;
    throw new Error(`aiperf ended with exit code ${code}: ${new TextDecoder().decode(stderr)}`);
  }

  /** Each request as both sides saw it; call it after the end. */
  async joined(server: MockProcess): Promise<JoinedRequest[]> {
    const [{ requests }, journal, lines] = await Promise.all([
      server.log(),
      readLines<RequestRecord>(`${this.artifacts}/records.jsonl`),
      readLines<ExportLine>(`${this.artifacts}/profile_export.jsonl`),
    ]);
    const records = journal.filter((line) => "creditId" in line);
    const logged = new Map(requests.map((request) => [request.requestId, request]));
    const [line] = lines;
    const first = records.find(({ requestId }) => requestId === line?.metadata.x_request_id);
    if (line === undefined || first === undefined) throw new Error("The run has no records");
    // Whole milliseconds, so that the digits which a double cannot hold do not matter.
    const epochUnixMs = Math.round((line.metadata.credit_due_ns - first.dueNs) / 1e6);
    return records.flatMap((record) => {
      const server = logged.get(record.requestId);
      return server === undefined ? [] : [{ record, server, epochUnixMs }];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
    await this.#output;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A request by the tool's record and by the server's log. */
export interface JoinedRequest {
  readonly record: RequestRecord;
  readonly server: LoggedRequest;
  /** The zero of the record's instants, in milliseconds since 1970. */
  readonly epochUnixMs: number;
}

interface ExportLine {
  readonly metadata: { readonly x_request_id: string; readonly credit_due_ns: number };
}

async function readLines<T>(path: string): Promise<T[]> {
  const text = await Deno.readTextFile(path);
  return text.trim().split("\n").map((line) => JSON.parse(line) as T);
}
