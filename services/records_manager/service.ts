import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import { isPlainRecordText, recordLine } from "../../common/journal/journal_line.ts";
import { JournalReader } from "../../common/journal/journal_reader.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { Phase } from "../../common/model/credit.ts";
import { isNote, type JournalEntry } from "../../common/model/journal.ts";
import type { RecordsSummary } from "../../common/model/report.ts";
import type { JournalSync } from "../../common/model/run_config.ts";
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
import { SteadyLink } from "../../common/service/steady_link.ts";
import { Journal } from "./journal.ts";
import { PhaseNotes } from "./phase_notes.ts";
import { ResultsFeed } from "./results_feed.ts";
import { Tally } from "./tally.ts";

/** How often the wait for late records looks again, and how often progress is told. */
const TICK_MS = 250;

/** How often records are written and passed on: one by one, that would be most of the work. */
const BATCH_MS = 20;

/** How often the disk itself has to have the journal, unless the user wants it otherwise. */
const SYNC_MS = 1_000;

/** Keeps every record: writes the journal, counts, and passes the records on. */
export class RecordsManager extends ComponentService {
  readonly #phases = new PhaseNotes();
  #tally = new Tally();
  #journal: Journal<Peer> | null = null;
  #journalSync: JournalSync = "interval";
  #feed: ResultsFeed | null = null;
  #told = 0;
  #recordArrived: () => void = () => {};

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    const path = `${config.artifactDir}/${ARTIFACT_FILES.records}`;
    this.#journalSync = config.journalSync;
    this.#feed = new ResultsFeed(path);
    this.#journal = await Journal.open<Peer>({
      path,
      config,
      restore: (entry) => this.#restore(entry),
      onBadLine: (line, problem) => this.log.warning(`${path}, line ${line}: ${problem}`),
      onSaved: (counts) => this.#acknowledge(counts),
      onError: (error) => this.fail(error),
    });
    if (this.#tally.records > 0) this.log.info(`Goes on after ${this.#tally.records} records`);
    this.#writePhases();
    this.listen();
  }

  @onStart
  protected async connect(): Promise<void> {
    const link = new SteadyLink({
      connect: () => this.connectTo("post_processor_manager"),
      clock: this.clock,
      signal: this.life,
      onUp: (peer) => void this.#feed!.run(peer).catch((error) => this.fail(error)),
      onGivenUp: (error) => this.fail(error),
    });
    await link.open();
  }

  @onMessage("record")
  protected take(
    { record }: MessageOf<"record">,
    peer: Peer,
    text: string,
  ): Promise<void> | undefined {
    const journal = this.#journal!;
    if (journal.hasFailed) return undefined;
    if (!this.#tally.add(record.creditId, record.phase, record.outcome)) {
      this.log.info(`Dropped a second record of credit ${record.creditId}`);
      journal.confirm(peer);
      return undefined;
    }
    const line = isPlainRecordText(text) ? recordLine(text) : JSON.stringify(record);
    const room = journal.add(line, peer);
    this.#recordArrived();
    return room;
  }

  @every(BATCH_MS)
  protected passOn(): void {
    this.#journal?.write();
  }

  @every(SYNC_MS)
  protected async sync(): Promise<void> {
    if (this.#journalSync === "interval") await this.#journal?.sync();
  }

  @onMessage("phase_started")
  protected noteStart(event: MessageOf<"phase_started">): void {
    if (this.#phases.add(event)) this.#writePhases();
  }

  @onMessage("phase_complete")
  protected noteEnd(event: MessageOf<"phase_complete">): void {
    if (!this.#phases.add(event)) return;
    this.#tally.expect(event.phase, event.issued);
    this.#writePhases();
  }

  @onCommand("finish_records")
  protected async finish({ deadlineMs }: CommandOf<"finish_records">): Promise<RecordsSummary> {
    await this.#waitForMissing(deadlineMs);
    await this.#journal?.flush();
    if (this.#journal?.hasFailed) await this.#recount(this.#journal.path);
    this.#feed?.end(this.#tally.records);
    const accounts = {
      warmup: this.#tally.account("warmup"),
      profiling: this.#tally.account("profiling"),
    };
    this.tellProgress();
    return { accounts, missing: this.#tally.missing };
  }

  @onCommand("keep_token_counts")
  protected keepCounts({ counts }: CommandOf<"keep_token_counts">): void {
    this.#journal?.note(counts);
  }

  @onCommand("close_journal")
  protected async closeJournal({ closing }: CommandOf<"close_journal">): Promise<void> {
    this.#journal?.note(closing);
    await this.#journal?.flush();
    if (this.#journalSync !== "never") await this.#journal?.sync();
  }

  @every(TICK_MS)
  protected tellProgress(): void {
    if (this.#tally.records === this.#told) return;
    this.#told = this.#tally.records;
    const phase: Phase = this.#phases.current;
    this.publish({ type: "records_progress", phase, account: this.#tally.account(phase) });
  }

  @onCleanup
  protected async close(): Promise<void> {
    await this.#journal?.close();
  }

  protected override peerLeft(peer: Peer): void {
    this.#journal?.forget(peer);
  }

  #acknowledge(counts: ReadonlyMap<Peer, number>): void {
    for (const [peer, count] of counts) void peer.send({ type: "records_ack", count });
    this.#feed?.wake();
  }

  #restore(entry: JournalEntry): void {
    if (!isNote(entry)) return void this.#tally.add(entry.creditId, entry.phase, entry.outcome);
    if (entry.type !== "phase_started" && entry.type !== "phase_complete") return;
    this.#phases.restore(entry);
    if (entry.type === "phase_complete") this.#tally.expect(entry.phase, entry.issued);
  }

  /** Events may come before the journal is open. */
  #writePhases(): void {
    if (this.#journal === null) return;
    for (const event of this.#phases.takeNew()) this.#journal.note(event);
  }

  /** What could not be written is not there: only the file tells what is. */
  async #recount(path: string): Promise<void> {
    this.#tally = new Tally();
    for (const { phase, issued } of this.#phases.ended) this.#tally.expect(phase, issued);
    using reader = await JournalReader.open(path);
    for (let some = await reader.next(); some !== null; some = await reader.next()) {
      for (const entry of some) {
        if (!isNote(entry)) this.#tally.add(entry.creditId, entry.phase, entry.outcome);
      }
    }
  }

  /**
   * Waits as long as records keep coming at least every `deadlineMs`.
   *
   * When nobody has told how many a phase has issued, any may still be on its way: those who send
   * them may have lost this service just before, and send again what it has not acknowledged.
   */
  async #waitForMissing(deadlineMs: number): Promise<void> {
    const isComplete = () => this.#tally.missing === 0 && !this.#phases.isOpen;
    while (!isComplete() && !this.#journal?.hasFailed) {
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
