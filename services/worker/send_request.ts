import type {
  ConnectionFacts,
  HttpAnswer,
  ReadyRequest,
  Redirect,
} from "../../common/http/http_transport.ts";
import { hostOf, pathOf, shownUrl } from "../../common/http/target.ts";
import type { Conversation } from "../../common/model/conversation.ts";
import type { Credit, Outcome } from "../../common/model/credit.ts";
import { creditedRequest } from "../../common/model/credited_request.ts";
import {
  type AnswerText,
  CALLED_OFF_AT_END,
  CUT_OFF_AT_END,
  type ErrorDetails,
  type FirstChunk,
  type Redirection,
  type RequestRecord,
} from "../../common/model/record.ts";
import { UNREAD_REASON } from "../../common/runtime/unread_reason.ts";
import { Answer } from "./answer.ts";
import { excerpt } from "./clean_text.ts";
import { firstChunkOf } from "./first_chunk.ts";
import type { OpenRequest } from "./in_flight.ts";
import {
  contentless,
  type ReadContext,
  readErrorAnswer,
  readJsonAnswer,
  readStream,
} from "./read_answer.ts";
import { networkFailure, notSentInTime, plannedCut, timedOut } from "./request_failure.ts";
import { mediaCounts } from "./media_counts.ts";
import type { SendContext } from "./send_context.ts";
import { holdsAnswers, inputTokensOf, messagesOf, type Session } from "./sessions.ts";
import { textToCount } from "./text_to_count.ts";
import type { Route } from "./request_template.ts";

/** One request to be sent. */
export interface RequestJob {
  credit: Credit;
  /** The conversation that the credit names. */
  conversation: Conversation;
  /** When the worker had the credit in hand. */
  receivedNs: number;
  /** How long the credit, due and in hand, waited for its conversation. */
  conversationWaitNs: number;
  /** What was said before; the answer is added to it when another turn follows. */
  session: Session;
  /** Called once: when nothing here holds the request up any more, or it has ended before that. */
  onBegun?: () => void;
  /** Called when the first piece of content has come, with when: in ns since the run's epoch. */
  onFirstContent?: (atNs: number) => void;
}

/** A request for which all is done that can be done before it is due. */
export interface PreparedRequest {
  /**
   * Sends it, once, and reads its answer to the end.
   *
   * Never throws and never rejects: every call ends in exactly one record. When `signal` aborts
   * before the answer is complete, the record is `cancelled`; what had arrived stays in its timeline.
   */
  send(signal: AbortSignal): Promise<RequestRecord>;
  /**
   * When it was over, in ns since the run's epoch, as soon as `send` has resolved: when the end of the
   * answer came, not when we were done with it.
   */
  readonly endedNs: number;
}

/**
 * Builds the request of a job, down to its bytes, so that it can leave at once when it is due.
 *
 * Never throws: what cannot be built becomes a record when it is sent.
 */
export function prepareRequest(job: RequestJob, context: SendContext): PreparedRequest {
  return new SentRequest(job, context);
}

/** Prepares a request and sends it at once; as `PreparedRequest.send`. */
export function sendRequest(
  job: RequestJob,
  context: SendContext,
  signal: AbortSignal,
): Promise<RequestRecord> {
  return prepareRequest(job, context).send(signal);
}

/** An answer that ends so long after its last byte was kept open. */
const LONGER_OPEN_NS = 0.1e6;

/**
 * A request on its way to becoming a record.
 *
 * It is what is given out, not an object made for that: one with a getter of its own has a shape of its
 * own, which stays, with all that the getter sees, until the engine's next full collection.
 */
class SentRequest implements PreparedRequest {
  readonly #job: RequestJob;
  readonly #context: SendContext;
  readonly #requestId: string;
  #route: Route;
  readonly #answer: Answer;
  /** What goes out, or what kept it from being built; null when it has gone: it may be large. */
  #ready: ReadyRequest | { readonly thrown: unknown } | null;
  /** As long as the request goes on; null before it and after it. */
  #open: OpenRequest | null = null;
  /** Ends the wait for the moment to cut the request off; null when it is to end by itself. */
  #cut: AbortController | null = null;
  #sentNs: number | null = null;
  #hasBegun = false;
  /** Whether a server has all of it. */
  #isOut = false;
  #connectNs: number | null = null;
  #isReconnect = false;
  #openConnections: number | null = null;
  #redirection: Redirection | null = null;
  #headersAfterNs: number | null = null;
  #failedAfterNs: number | null = null;
  #httpStatus: number | null = null;
  #outcome: Outcome = "success";
  #error: ErrorDetails | null = null;
  /** See `PreparedRequest.endedNs`. */
  endedNs = 0;

  constructor(job: RequestJob, context: SendContext) {
    this.#job = job;
    this.#context = context;
    this.#requestId = context.newId();
    const { credit, conversation } = job;
    this.#route = context.template.routeOf(credit, conversation.turns[credit.turnIndex]);
    this.#answer = new Answer({
      keepText: context.template.plan.tokenCountSource !== "server",
      keepFirst: context.template.streaming && context.template.plan.tokenCountSource !== "server",
      keepContent: !job.credit.isLastTurn,
      onFirstContent: (afterNs) => job.onFirstContent?.(this.#sentNs! + afterNs),
    });
    this.#ready = this.#prepare();
  }

  #prepare(): ReadyRequest | { readonly thrown: unknown } {
    const { template, transport } = this.#context;
    const { conversation, credit, session } = this.#job;
    try {
      const messages = messagesOf(conversation, credit.turnIndex, session.answers);
      const body = template.buildBody(messages, this.#route.model);
      return transport.prepare({
        method: "POST",
        url: this.#route.url,
        headers: template.headers(this.#requestId, session.correlationId, body),
        body: typeof body === "string" ? body : body.bytes,
        secretHeaders: template.secretHeaders,
        sessionId: session.correlationId,
        // A redirect may lead to another server, and another connection.
        onBegun: () => this.#noteBegun(),
        onConnection: (facts) => this.#noteConnection(facts),
        onHeld: () => this.#noteHeld(),
        onHeldUp: () => this.#noteHeldUp(),
        onSent: () => this.#noteOut(),
        onRedirect: (redirect) => this.#noteRedirect(redirect),
      });
    } catch (thrown) {
      return { thrown };
    }
  }

  async send(signal: AbortSignal): Promise<RequestRecord> {
    const open = this.#context.inFlight.open(signal);
    try {
      await this.#exchange(open);
    } catch (thrown) {
      this.#fail(thrown, open);
    } finally {
      open.close();
      this.#close();
    }
    return this.#record();
  }

  async #exchange(open: OpenRequest): Promise<void> {
    const http = await this.#goOut(open);
    const sentNs = this.#sentNs!;
    this.#headersAfterNs = http.headNs - sentNs;
    this.#httpStatus = http.status;
    const { endpoint } = this.#context.template;
    const { path } = this.#route;
    const error = await this.#read(http, { endpoint, answer: this.#answer, open, path, sentNs });
    if (error !== null) this.#failWith(error);
  }

  /** Its bytes are not kept for as long as the answer takes: no frame that waits knows them. */
  #goOut(open: OpenRequest): Promise<HttpAnswer> {
    open.signal.throwIfAborted();
    const ready = this.#ready!;
    this.#ready = null;
    if ("thrown" in ready) throw ready.thrown;

    this.#noteSent();
    this.#open = open;
    return ready.send(open.signal);
  }

  #noteSent(): void {
    this.#sentNs = this.#context.clock.nowNs();
  }

  #noteBegun(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#job.onBegun?.();
  }

  /** As long as we hold it up it is not sent, and perhaps never will be. */
  #noteHeld(): void {
    if (!this.#isOut) this.#sentNs = null;
  }

  /** What we hold up is late, and no latency of the server; a redirect is a part of the answer. */
  #noteHeldUp(): void {
    if (!this.#isOut) this.#noteSent();
  }

  /** After a redirect the time to cut it off goes on. */
  #noteOut(): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#planCut();
  }

  #noteConnection({ openedInNs, isReplacement, open }: ConnectionFacts): void {
    this.#connectNs = (this.#connectNs ?? 0) + openedInNs;
    this.#isReconnect ||= isReplacement;
    this.#openConnections = Math.max(this.#openConnections ?? 0, open);
  }

  #noteRedirect({ status, url }: Redirect): void {
    const { template } = this.#context;
    // Errors from now on are those of the other place.
    this.#route = { ...this.#route, host: hostOf(url), path: pathOf(url) };
    const to = excerpt(template.redact(shownUrl(url)));
    this.#redirection = { status: Math.min(this.#redirection?.status ?? status, status), to };
  }

  /**
   * Cuts the request off in time, if the credit says so.
   *
   * The server has all of it by then: with no delay, and a connection that is still to be opened,
   * it would else never hear of the request.
   */
  #planCut(): void {
    const { cancelAfterNs } = this.#job.credit;
    const open = this.#open;
    if (cancelAfterNs === null || open === null) return;
    const { signal } = this.#cut = new AbortController();
    void this.#context.clock.sleep(cancelAfterNs / 1e6, signal).then(() => {
      if (!signal.aborted) open.cutOff();
    });
  }

  /** Nothing more happens to the request: what it said is part of the session now. */
  #close(): void {
    const { overAfterNs } = this.#answer;
    const sentNs = this.#sentNs;
    this.endedNs = sentNs === null || overAfterNs === null
      ? this.#context.clock.nowNs()
      : sentNs + overAfterNs;
    this.#cut?.abort(UNREAD_REASON);
    this.#open = null;
    this.#noteBegun();
    const { credit, session } = this.#job;
    if (this.#outcome === "success" && !credit.isLastTurn) {
      session.answers.push(this.#answer.content);
    }
  }

  #read(http: HttpAnswer, context: ReadContext): Promise<ErrorDetails | null> {
    if (http.status < 200 || http.status > 299) return readErrorAnswer(http, context);
    const { streaming } = this.#context.template;
    return streaming ? readStream(http, context) : readJsonAnswer(http, context);
  }

  /** Something was thrown on the way: the network failed, or the request was cut off. */
  #fail(thrown: unknown, open: OpenRequest): void {
    const { template, clock } = this.#context;
    // What breaks, or is cut off, after the server's last word was a complete answer.
    if (this.#answer.done && this.#answer.hasContent) return;
    if (this.#sentNs !== null) this.#failedAfterNs = clock.nowNs() - this.#sentNs;
    const { cancelAfterNs } = this.#job.credit;
    if (open.cut === "cancelled" || open.cut === "planned") {
      this.#outcome = "cancelled";
      const atEnd = this.#sentNs === null ? CALLED_OFF_AT_END : CUT_OFF_AT_END;
      this.#error = open.cut === "planned" ? plannedCut(cancelAfterNs ?? 0) : atEnd;
    } else if (this.#answer.done) {
      this.#failWith(contentless("the stream", this.#answer));
    } else if (open.cut === "timeout") {
      const { timeoutMs } = template.plan;
      this.#failWith(this.#sentNs === null ? notSentInTime(timeoutMs) : timedOut(timeoutMs));
    } else if (this.#sentNs === null) {
      this.#failWith({ code: null, type: "InternalError", message: excerpt(String(thrown)) });
    } else {
      this.#failWith(networkFailure(thrown, this.#route.host));
    }
  }

  #failWith(error: ErrorDetails): void {
    this.#outcome = "error";
    this.#error = {
      code: error.code,
      type: this.#anonymous(error.type),
      message: this.#anonymous(error.message),
    };
  }

  /** Without credentials, and without the ids that would make equal failures differ. */
  #anonymous(text: string): string {
    return this.#context.template.redact(text)
      .replaceAll(this.#requestId, "[request id]")
      .replaceAll(this.#job.session.correlationId, "[correlation id]");
  }

  #text(): AnswerText | null {
    if (this.#outcome !== "success") return null;
    return textToCount(this.#answer, this.#context.template.plan.tokenCountSource);
  }

  #firstChunk(): FirstChunk | undefined {
    const { streaming, plan } = this.#context.template;
    if (!streaming || this.#outcome !== "success") return undefined;
    return firstChunkOf(this.#answer, plan.tokenCountSource);
  }

  /** What a server behind a proxy leaves when it crashes, as some do with every answer. */
  #isOpenEnded(): boolean {
    const { endsStreams } = this.#context.template;
    return endsStreams && this.#outcome === "success" && !this.#answer.isEnded;
  }

  #ends(): Pick<RequestRecord, "endAfterNs" | "closedAfterNs"> {
    const endAfterNs = this.#failedAfterNs ?? this.#answer.lastByteAfterNs ?? this.#headersAfterNs;
    if (endAfterNs === null || this.#failedAfterNs !== null) return { endAfterNs };
    const closedAfterNs = this.endedNs - this.#sentNs!;
    return { endAfterNs, ...(closedAfterNs >= endAfterNs + LONGER_OPEN_NS && { closedAfterNs }) };
  }

  #record(): RequestRecord {
    const { credit, conversation, receivedNs, conversationWaitNs, session } = this.#job;
    const { template, workerId } = this.#context;
    const turn = conversation.turns[credit.turnIndex];
    const firstChunk = this.#firstChunk();
    return {
      ...creditedRequest(credit),
      conversationId: conversation.id,
      requestId: this.#requestId,
      correlationId: session.correlationId,
      workerId,
      model: this.#route.model,
      urlIndex: this.#route.urlIndex,
      streaming: template.streaming,
      outcome: this.#outcome,
      receivedNs,
      conversationWaitNs,
      sentNs: this.#sentNs,
      connectNs: this.#connectNs,
      ...(this.#isReconnect && { isReconnect: true }),
      openConnections: this.#openConnections,
      ...(this.#redirection && { redirection: this.#redirection }),
      headersAfterNs: this.#headersAfterNs,
      chunksAfterNs: this.#answer.chunksAfterNs,
      firstOutputChunk: this.#answer.firstOutputChunk,
      ...(firstChunk && { firstChunk }),
      ...(credit.cancelAfterNs !== null && { cancelAfterNs: credit.cancelAfterNs }),
      ...(this.#isOpenEnded() && { isOpenEnded: true }),
      ...this.#ends(),
      inputTokens: template.sendsText ? inputTokensOf(conversation, credit.turnIndex) : null,
      isStandalone: !holdsAnswers(conversation, credit.turnIndex),
      requestedOutputTokens: turn?.outputTokens ?? null,
      usage: this.#answer.usage,
      text: this.#text(),
      media: mediaCounts(conversation, credit.turnIndex, this.#answer),
      httpStatus: this.#httpStatus,
      error: this.#error,
    };
  }
}
