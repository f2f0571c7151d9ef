import * as z from "zod/mini";
import type { CommandOf, MessageOf } from "../../common/comms/messages.ts";
import { openTransport } from "../../common/http/open_transport.ts";
import type { HttpTransport } from "../../common/http/http_transport.ts";
import { ReadQueue } from "../../common/http/read_queue.ts";
import { WriteGate } from "../../common/http/write_gate.ts";
import { ARTIFACT_FILES } from "../../common/model/artifact_files.ts";
import {
  type MarkedSession,
  type MarkerOptions,
  markerWordsSchema,
  markingPlan,
  withMarker,
} from "../../common/model/cache_bust.ts";
import {
  type Conversation,
  conversationSchema,
  type DatasetInfo,
  datasetInfoSchema,
} from "../../common/model/conversation.ts";
import type { Credit, CreditReturn, Phase } from "../../common/model/credit.ts";
import type { LagSample } from "../../common/model/instrument.ts";
import { sessionsAtStart } from "../../common/model/phase_start.ts";
import type { PhasePlan, RunConfig } from "../../common/model/run_config.ts";
import { ThreadAlarm, TimerAlarm } from "../../common/runtime/alarm.ts";
import { describeFileError } from "../../common/runtime/file_error.ts";
import { SocketTurns } from "../../common/runtime/socket_turns.ts";
import { LagProbe } from "../../common/runtime/lag_probe.ts";
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
import { RecordsOutlet } from "../../common/service/records_outlet.ts";
import { SteadyLink } from "../../common/service/steady_link.ts";
import { AbortableWaits } from "./abortable_waits.ts";
import { BegunCount } from "./begun_count.ts";
import { ConnectionsAhead } from "./connections_ahead.ts";
import { CutOffs } from "./cut_offs.ts";
import { ConversationCache } from "./conversation_cache.ts";
import { Departures } from "./departures.ts";
import { DueRequest } from "./due_request.ts";
import { Lookahead } from "./lookahead.ts";
import { loadEndpoint } from "./endpoints/registry.ts";
import type { ExchangeTap } from "./raw/exchange_tap.ts";
import type { RawExport } from "./raw/raw_export.ts";
import { createSendContext, type SendContext, type SendContextOptions } from "./send_context.ts";
import { type PreparedRequest, prepareRequest, type RequestJob } from "./send_request.ts";
import { SessionOrder } from "./session_order.ts";
import { Sessions } from "./sessions.ts";
import { warmUp } from "./warm_up.ts";
import { writeInputs } from "./write_inputs.ts";

/** How long the dataset manager may take for a few conversations. */
const CONVERSATION_TIMEOUT_MS = 30_000;

/** How often the worker manager gets to know how many records are in the journal. */
const SAFE_MS = 250;

/** Turns each credit into one HTTP request and one record. */
export class Worker extends ComponentService {
  /** Cuts off what is in flight; what comes later belongs to another one. */
  readonly #cutOffs = new CutOffs(this.clock);
  /** Credits whose conversation is on its way. */
  readonly #waits = new AbortableWaits();
  /** For who has much to do at once. */
  readonly #turns = new SocketTurns();
  /** For what is to leave together. */
  readonly #gate = new WriteGate();
  /** Credits that are here ahead of their time. */
  #departures: Departures | null = null;
  /** Connections for them. */
  #ahead: ConnectionsAhead | null = null;
  readonly #sessions = new Sessions({
    onForgotten: ({ correlationId }) => this.#transport?.endSession(correlationId),
  });
  #phases: ReadonlyMap<Phase, PhasePlan> = new Map();
  readonly #lagProbe = new LagProbe(this.clock);
  readonly #records = new RecordsOutlet({
    connect: () => this.connectTo("records_manager"),
    clock: this.clock,
    signal: this.life,
    log: this.log,
    onGivenUp: (error) => this.fail(error),
  });
  /** The credits that have not been returned. */
  readonly #held = new Set<number>();
  readonly #begun = new BegunCount((count) =>
    void this.#manager?.sendLater({ type: "credits_begun", count })
  );
  /** So many of its records are in the journal, as far as its manager knows. */
  #toldSafe = 0;
  #config: RunConfig | null = null;
  #transport: HttpTransport | null = null;
  #sending: SendContext | null = null;
  #conversations: ConversationCache | null = null;
  /** Called with a credit for the first turn of a session. */
  #noteSession: (credit: Credit) => void = () => {};
  /** What each session is marked with; null: with nothing. */
  #markers: MarkerOptions | null = null;
  readonly #dataset = new SteadyLink({
    connect: () => this.connectTo("dataset_manager"),
    clock: this.clock,
    signal: this.life,
    onGivenUp: (error) => this.fail(error),
  });
  #manager: Peer | null = null;
  /** null: requests and answers are not kept. */
  #raw: RawExport | null = null;

  @onConfigure
  protected async prepare({ config, secrets }: Configuration): Promise<void> {
    this.#config = config;
    this.#ahead = this.#openAhead(config);
    const departures = this.#departures = this.#openDepartures(config);
    await this.#turns.open();
    const reads = new ReadQueue(this.#turns, () => departures.look());
    const order = { reads, gate: this.#gate };
    this.#phases = new Map(config.phases.map((plan) => [plan.phase, plan]));
    this.#transport = await openTransport(secrets!.connections, this.clock, order);
    const sending: SendContextOptions = {
      plan: config.endpoint,
      secrets: secrets!,
      endpoint: await loadEndpoint(config.endpoint.type, config.endpoint),
      workerId: this.id,
      clock: this.clock,
      transport: this.#transport,
    };
    this.#sending = createSendContext(sending);
    if (config.exportRaw) {
      const { RawExport } = await import("./raw/raw_export.ts");
      const redact = this.#sending.template.redact;
      const { artifactDir: folder, exportPrefix: prefix } = config;
      this.#raw = await RawExport.open({ folder, prefix, workerId: this.id, redact });
    }
    // The server within speaks plain HTTP/1.1; what else a request runs gets warm by it all the same.
    await warmUp({ ...sending, transport: await openTransport(undefined, this.clock, order) });
  }

  @onStart
  protected async connect(): Promise<void> {
    await this.#dataset.open();
    await this.#records.open();
    this.#markers = await this.#learnMarkers();
    this.#conversations = new ConversationCache((indexes) => this.#fetchConversations(indexes));
    await this.#lookAhead(this.#conversations, this.#config!);
    this.#lagProbe.start();
    // Last: the worker manager takes the connection as a sign that the worker is ready.
    this.#manager = await this.connectTo("worker_manager");
  }

  @onMessage("credit")
  protected use({ credit }: MessageOf<"credit">): void {
    const receivedNs = this.clock.nowNs();
    const cutOff = this.#cutOffs.of(credit.phase);
    const conversation = this.#conversations!.get(credit.conversationIndex);
    if (credit.turnIndex === 0) this.#noteSession(credit);
    this.#held.add(credit.id);
    const request = new DueRequest({ credit, conversation, receivedNs }, {
      clock: this.clock,
      waits: this.#waits,
      prepare: (received) => this.#prepare(received),
      send: (prepared: Prepared) => this.#send(prepared, cutOff.signalFor(credit)),
      onFault: (error) => this.fail(error),
    });
    const prepareOn = this.#departures!.add(request, credit.dueNs);
    if (credit.dueNs <= receivedNs) return;
    request.onArrival(prepareOn);
    this.#ahead!.wait(credit);
  }

  /** So that what is due together, such as the start of a closed loop, leaves together. */
  #openAhead({ endpoint: { urls } }: RunConfig): ConnectionsAhead {
    return new ConnectionsAhead({
      urls,
      connectAhead: (url, count) => this.#transport?.connectAhead(url, count),
      startsTogether: ({ phase }) => this.#phases.get(phase)!.load.kind === "closed",
    });
  }

  @onMessage("records_ack")
  protected forget({ count }: MessageOf<"records_ack">, peer: Peer): void {
    this.#records.acknowledge(count, peer);
  }

  /** What is not in the journal when this worker dies is lost: its manager has to know what is. */
  @every(SAFE_MS)
  protected tellSafe(): void {
    const count = this.#records.safe;
    if (this.#manager === null || count === this.#toldSafe) return;
    this.#toldSafe = count;
    void this.#manager.send({ type: "records_ack", count });
  }

  @onMessage("cancel_credits")
  protected cancelAll(): void {
    this.#cutOffs.all();
    this.#letGo();
  }

  @onCommand("find_missing_credits")
  protected findMissing({ ids }: CommandOf<"find_missing_credits">): number[] {
    return ids.filter((id) => !this.#held.has(id));
  }

  @onCommand("write_inputs")
  protected async writeInputs(): Promise<void> {
    const { artifactDir } = this.#config!;
    const { template } = this.#sending!;
    // No request follows, and its connections may hold the last file that the process may open.
    this.#hangUp();
    await writeInputs({
      path: `${artifactDir}/${ARTIFACT_FILES.inputs}`,
      indexes: z.array(z.int()).parse(
        await this.#manager!.request({ kind: "get_used_indexes" }, CONVERSATION_TIMEOUT_MS),
      ),
      fetch: async (indexes) => {
        const conversations = await this.#fetchAll(indexes);
        return conversations.map((one) =>
          this.#marked(one, { phase: "profiling", sessionIndex: one.index })
        );
      },
      body: (turns) => template.buildBody(turns),
    }).catch((error) => {
      throw new Error(describeFileError(error), { cause: error });
    });
  }

  @onCommand("close_raw_export")
  protected async closeRaw(): Promise<void> {
    await this.#raw?.close();
  }

  @onCleanup
  protected async close(): Promise<void> {
    this.#end();
    this.#departures?.close();
    this.#lagProbe.stop();
    this.#hangUp();
    await this.#turns.close();
  }

  #hangUp(): void {
    this.#transport?.close();
    this.#transport = null;
  }

  protected override takeLags(): LagSample[] {
    return this.#lagProbe.take();
  }

  /** Without a manager nobody can cut off what is in flight when the run ends. */
  protected override peerLeft(peer: Peer): void {
    if (peer === this.#manager) this.#end();
  }

  #end(): void {
    this.#cutOffs.close();
    this.#letGo();
  }

  /** Has what was cut off leave, and end. */
  #letGo(): void {
    // First: what leaves now may begin to wait for its conversation.
    this.#departures?.releaseAll();
    this.#waits.abort();
  }

  /** Only where times are set beforehand does a thread that keeps them pay. */
  #openDepartures({ phases }: RunConfig): Departures {
    const Alarm = phases.every(({ load }) => load.kind === "closed") ? TimerAlarm : ThreadAlarm;
    return new Departures({
      clock: this.clock,
      gate: this.#gate,
      alarm: (ring) => new Alarm(this.clock, ring),
    });
  }

  async #learnMarkers(): Promise<MarkerOptions | null> {
    const plan = markingPlan(this.#config!);
    if (plan === null) return null;
    const answer = await this.#dataset.request(
      { kind: "get_marker_words" },
      CONVERSATION_TIMEOUT_MS,
    );
    return { ...plan, words: markerWordsSchema.parse(answer) };
  }

  /** A conversation as a session sends it. */
  #marked(conversation: Conversation, session: MarkedSession): Conversation {
    return this.#markers === null ? conversation : withMarker(conversation, this.#markers, session);
  }

  /** How many conversations are known by now; of made-up ones the plan says it. */
  async #countEntries(): Promise<Pick<DatasetInfo, "entries" | "isComplete">> {
    const { file, entries } = this.#config!.dataset;
    if (file === null) return { entries, isComplete: true };
    const info = await this.#dataset.request(
      { kind: "get_dataset_info", beyond: null },
      CONVERSATION_TIMEOUT_MS,
    );
    return datasetInfoSchema.parse(info);
  }

  /** Resolves when the conversations of the first sessions are there. */
  async #lookAhead(cache: ConversationCache, config: RunConfig): Promise<void> {
    const order = new SessionOrder({ config, learn: () => this.#countEntries() });
    await order.learn();
    const conversationOf = (phase: Phase, place: number) => order.conversationAt(phase, place);
    const starts = new Map(config.phases.map((plan) => [plan.phase, sessionsAtStart(plan)]));
    const lookahead = new Lookahead({ cache, conversationOf, starts });
    this.#noteSession = (credit) => lookahead.note(credit.phase, order.placeOf(credit));
    await lookahead.start(config.phases[0]!.phase);
  }

  #prepare(received: Omit<RequestJob, "session">): Prepared {
    const { credit } = received;
    const { id: creditId, phase } = credit;
    const job: RequestJob = {
      ...received,
      conversation: this.#marked(received.conversation, credit),
      session: this.#sessions.of(credit),
      onBegun: () => this.#begun.note(),
    };
    if (this.#phases.get(phase)!.prefill !== null) {
      const type = "first_token";
      job.onFirstContent = (atNs) => void this.#manager!.send({ type, creditId, phase, atNs });
    }
    const sending = this.#sending!;
    const tap = this.#raw?.listen(credit, sending.transport) ?? null;
    const context = tap === null ? sending : { ...sending, transport: tap };
    return { credit, request: prepareRequest(job, context), tap };
  }

  async #send({ credit, request, tap }: Prepared, signal: AbortSignal): Promise<void> {
    const { id: creditId, phase } = credit;
    const sending = request.send(signal);
    this.#ahead!.leave(credit);
    const record = await sending;
    const { outcome } = record;
    // Not when its last content came: as long as the server keeps the request open it goes on.
    const { endedNs } = request;
    if (credit.isLastTurn || outcome !== "success") {
      this.#sessions.end(credit);
      this.#transport?.endSession(record.correlationId);
    }
    if (tap !== null) await this.#raw?.write(record, tap);
    // Without a pause in between: the manager knows by the order of the returns whose records are safe.
    this.#records.send(record);
    this.#held.delete(creditId);
    this.#giveBack({ creditId, phase, outcome, endedNs }, credit);
  }

  /** At once where something may wait for it. */
  #giveBack(creditReturn: CreditReturn, { phase, isLastTurn }: Credit): void {
    const message = { type: "credit_return" as const, creditReturn };
    if (isLastTurn && isUnlimited(this.#phases.get(phase)!)) void this.#manager!.sendLater(message);
    else void this.#manager!.send(message);
  }

  /** Of large ones an answer holds only the first; there is always one at least. */
  async #fetchConversations(indexes: readonly number[]): Promise<Conversation[]> {
    const command = { kind: "get_conversations" as const, indexes: [...indexes] };
    const answer = await this.#dataset.request(command, CONVERSATION_TIMEOUT_MS);
    return z.array(conversationSchema).check(z.minLength(1)).parse(answer);
  }

  async #fetchAll(indexes: readonly number[]): Promise<Conversation[]> {
    const all: Conversation[] = [];
    while (all.length < indexes.length) {
      all.push(...await this.#fetchConversations(indexes.slice(all.length)));
    }
    return all;
  }
}

/** A credit whose request can go out. */
interface Prepared {
  readonly credit: Credit;
  readonly request: PreparedRequest;
  /** Keeps what goes over the wire; null: nobody does. */
  readonly tap: ExchangeTap | null;
}

/** Whether no limit depends on first tokens, and the end of a session never makes way for another one. */
function isUnlimited({ load, prefill }: PhasePlan): boolean {
  if (load.kind === "closed" || prefill !== null) return false;
  return load.kind === "user_centric" || load.concurrencyCap === null;
}
