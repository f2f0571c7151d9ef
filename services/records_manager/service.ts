import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import { isPlainRecordText, recordLine } from "../../common/journal/journal_line.ts";
import { JournalReader } from "../../common/journal/journal_reader.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import type { Phase } from "../../common/model/credit.ts";
import { isNote, type JournalEntry } from "../../common/model/journal.ts";
import { lostRecord } from "../../common/model/lost_record.ts";
import type { RequestRecord } from "../../common/model/record.ts";
import type { RecordsSummary } from "../../common/model/report.ts";
import type { RunConfig } from "../../common/model/run_config.ts";
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
import { LastWords } from "./last_words.ts";
import { PhaseNotes } from "./phase_notes.ts";
import { RequestLog } from "./request_log.ts";
import { ResultsFeed } from "./results_feed.ts";
import { Tally } from "./tally.ts";

/** How often the wait for late records looks again, and how often progress is told. */
const TICK_MS = 250;

/** How often records are written and passed on: one by one, that would be most of the work. */
const BATCH_MS = 20;

/** How often the disk itself has to have the journal, unless the user wants it otherwise. */
const SYNC_MS = 1_000;

/** How often the log has room for a few more requests. */
const LOG_MS = 1_000;

/** So many credits without a record are named. */
const MOST_NAMED = 10;

/** Keeps every record: writes the journal, counts, and passes the records on. */
export class RecordsManager extends ComponentService {
  readonly #phases = new PhaseNotes();
  #tally = new Tally();
  #journal: Journal<Peer> | null = null;
  #config: RunConfig | null = null;
  #feed: ResultsFeed | null = null;
  #requestLog: RequestLog | null = null;
  readonly #lastWords = new LastWords(this.clock);
  /** What the timing manager holds for lost, by phase. */
  readonly #lost = new Map<Phase, MessageOf<"credits_lost">["credits"]>();
  #told = 0;
  #recordArrived: () => void = () => {};

  @onConfigure
  protected async open({ config }: Configuration): Promise<void> {
    const path = `${config.artifactDir}/${ARTIFACT_FILES.records}`;
    this.#config = config;
    this.#feed = new ResultsFeed(path);
    this.#requestLog = new RequestLog({ log: this.log, urls: config.endpoint.urls });
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
    const heard = record.outcome === "lost" ? this.#hearOut(record.workerId) : undefined;
    return heard
      ? heard.then(() => this.#keep(record, peer, text))
      : this.#keep(record, peer, text);
  }

  @every(BATCH_MS)
  protected passOn(): void {
    this.#journal?.write();
  }

  @every(SYNC_MS)
  protected async sync(): Promise<void> {
    if (this.#config?.journalSync === "interval") await this.#journal?.sync();
  }

  @every(LOG_MS)
  protected flushLog(): void {
    this.#requestLog?.flush();
  }

  @onMessage("phase_started")
  protected noteStart(event: MessageOf<"phase_started">): void {
    if (this.#phases.add(event)) this.#writePhases();
  }

  @onMessage("credits_lost")
  protected noteLost({ phase, credits }: MessageOf<"credits_lost">): void {
    this.#lost.set(phase, credits);
  }

  @onMessage("phase_complete")
  protected noteEnd(event: MessageOf<"phase_complete">): void {
    if (!this.#phases.add(event)) return;
    this.#tally.expect(event.phase, event.issued);
    this.#writePhases();
  }

  /** There is nothing to stand back for any more: the user waits for the results. */
  @onMessage("run_complete")
  protected hurry(): void {
    void this.context.comeForward?.();
  }

  @onCommand("finish_records")
  protected async finish({ deadlineMs }: CommandOf<"finish_records">): Promise<RecordsSummary> {
    // Where the timing manager is dead nobody has told of the end of the load.
    this.hurry();
    await this.#waitForMissing(deadlineMs);
    this.#writeLost();
    this.flushLog();
    await this.#journal?.flush();
    if (this.#journal?.hasFailed) await this.#recount(this.#journal.path);
    this.#feed?.end(this.#tally.records);
    const accounts = {
      warmup: this.#tally.account("warmup"),
      profiling: this.#tally.account("profiling"),
    };
    this.tellProgress();
    const { missing } = this.#tally;
    return { accounts, missing, missingIds: this.#tally.missingIds(MOST_NAMED) };
  }

  @onCommand("keep_token_counts")
  protected keepCounts({ counts }: CommandOf<"keep_token_counts">): void {
    this.#journal?.note(counts);
  }

  @onCommand("close_journal")
  protected async closeJournal({ closing }: CommandOf<"close_journal">): Promise<void> {
    this.#journal?.note(closing);
    await this.#journal?.flush();
    if (this.#config?.journalSync !== "never") await this.#journal?.sync();
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

  /** A worker's own record of a request is worth more than the word of others that it is lost. */
  #hearOut(workerId: string): Promise<void> | undefined {
    const worker = [...this.peers].find(({ id }) => id === workerId);
    return worker && this.#lastWords.of(worker);
  }

  #keep(record: RequestRecord, peer: Peer, text: string): Promise<void> | undefined {
    const journal = this.#journal!;
    if (journal.hasFailed) return undefined;
    if (!this.#tally.add(record)) {
      this.log.debug(`Dropped a second record of credit ${record.creditId}`);
      journal.confirm(peer);
      return undefined;
    }
    this.#requestLog?.note(record);
    const line = isPlainRecordText(text) ? recordLine(text) : JSON.stringify(record);
    const room = journal.add(line, peer);
    this.#recordArrived();
    return room;
  }

  /** Those that nobody has told the end of by now: it went down with whoever held them. */
  #writeLost(): void {
    const { endpoint } = this.#config!;
    const reason = "The credit was never returned: whoever held it is gone";
    const before = this.#tally.records;
    for (const credit of [...this.#lost.values()].flat()) {
      const record = lostRecord({ credit, workerId: null, endpoint, reason });
      if (this.#journal!.hasFailed || !this.#tally.add(record)) continue;
      this.#requestLog?.note(record);
      this.#journal!.add(JSON.stringify(record), null);
    }
    const lost = this.#tally.records - before;
    if (lost > 0) this.log.error(`No record came of some credits: they count as lost (${lost})`);
  }

  #acknowledge(counts: ReadonlyMap<Peer, number>): void {
    for (const [peer, count] of counts) void peer.send({ type: "records_ack", count });
    this.#feed?.wake();
  }

  #restore(entry: JournalEntry): void {
    if (!isNote(entry)) return void this.#tally.add(entry);
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
        if (!isNote(entry)) this.#tally.add(entry);
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
      this.log.warning(`${this.#tally.missing} records did not come within ${deadlineMs} ms`);
    }
  }
}
