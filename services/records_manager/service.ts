import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { Phase } from "../../common/model/credit.ts";
import type { RecordsSummary } from "../../common/model/report.ts";
import { LineFile } from "../../common/runtime/line_file.ts";
import { ComponentService } from "../../common/service/component_service.ts";
import {
  type Configuration,
  every,
  onCleanup,
  onCommand,
  onConfigure,
  onMessage,
  onStart,
} from "../../common/service/hooks.ts";
import type { Peer } from "../../common/service/peer.ts";
import { Tally } from "./tally.ts";

/** How often the wait for late records looks again, and how often progress is told. */
const TICK_MS = 250;

/** How often records are written and passed on: one by one, that would be most of the work. */
const BATCH_MS = 20;

/** Keeps every record: writes the journal, counts, and passes the records on. */
export class RecordsManager extends ComponentService {
  readonly #tally = new Tally();
  #journal: LineFile | null = null;
  #results: Peer | null = null;
  /** Records that have come since the last batch. */
  #fresh: MessageOf<"record">[] = [];
  /** Resolves when the journal has room again. */
  #room: Promise<void> | undefined;
  #phase: Phase = "profiling";
  #told = 0;
  #recordArrived: () => void = () => {};

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    this.#journal = await LineFile.create(`${config.artifactDir}/${ARTIFACT_FILES.records}`);
    this.listen();
  }

  @onStart
  protected async connect(): Promise<void> {
    this.#results = await this.connectTo("post_processor_manager");
  }

  @onMessage("record")
  protected take(message: MessageOf<"record">): Promise<void> | undefined {
    const { record } = message;
    if (!this.#tally.add(record.creditId, record.phase, record.outcome)) {
      this.log.warning(`Dropped a second record of credit ${record.creditId}`);
      return undefined;
    }
    this.#fresh.push(message);
    this.#recordArrived();
    return this.#room;
  }

  @every(BATCH_MS)
  protected passOn(): void {
    const batch = this.#fresh;
    this.#fresh = [];
    for (const message of batch) {
      this.#room = this.#journal?.append(JSON.stringify(message.record));
      // Not awaited: a slow post processor must not slow the workers down; the journal has it all.
      void this.#results?.send(message);
    }
  }

  @onMessage("phase_started")
  protected noteStart({ phase }: MessageOf<"phase_started">): void {
    this.#phase = phase;
  }

  @onMessage("phase_complete")
  protected noteEnd({ phase, issued }: MessageOf<"phase_complete">): void {
    this.#tally.expect(phase, issued);
  }

  @onCommand("finish_records")
  protected async finish({ deadlineMs }: CommandOf<"finish_records">): Promise<RecordsSummary> {
    await this.#waitForMissing(deadlineMs);
    this.passOn();
    await this.#journal?.flush();
    void this.#results?.send({ type: "records_end", records: this.#tally.records });
    const accounts = {
      warmup: this.#tally.account("warmup"),
      profiling: this.#tally.account("profiling"),
    };
    this.tellProgress();
    return { accounts, missing: this.#tally.missing };
  }

  @every(TICK_MS)
  protected tellProgress(): void {
    if (this.#tally.records === this.#told) return;
    this.#told = this.#tally.records;
    const account = this.#tally.account(this.#phase);
    this.publish({ type: "records_progress", phase: this.#phase, account });
  }

  @onCleanup
  protected async close(): Promise<void> {
    this.passOn();
    await this.#journal?.close();
  }

  /** Waits as long as records keep coming at least every `deadlineMs`. */
  async #waitForMissing(deadlineMs: number): Promise<void> {
    while (this.#tally.missing > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#recordArrived = resolve;
      const patience = new AbortController();
      const before = this.#tally.records;
      await Promise.race([promise, this.clock.sleep(deadlineMs, patience.signal)]);
      patience.abort();
      if (this.#tally.records === before) break;
    }
    this.#recordArrived = () => {};
    if (this.#tally.missing > 0) {
      this.log.error(`${this.#tally.missing} records did not come within ${deadlineMs} ms`);
    }
  }
}
