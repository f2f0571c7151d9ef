import * as z from "zod/mini";
import { creditReturnSchema, creditSchema, phaseSchema } from "../model/credit.ts";
import { healthSummarySchema, lagSampleSchema } from "../model/instrument.ts";
import { runClosingSchema, tokenCountsSchema } from "../model/journal.ts";
import { requestRecordSchema } from "../model/record.ts";
import { runConfigSchema, runSecretsSchema } from "../model/run_config.ts";
import { runEndingSchema } from "../model/run_ending.ts";
import { creditAccountSchema } from "../model/report.ts";
import { RUN_EVENT_SCHEMAS } from "../model/run_event.ts";
import { serviceTypeSchema } from "../model/service_type.ts";
import { SERVICE_STATES } from "../service/lifecycle.ts";
import { BadMessageError } from "./bad_message.ts";
import { quickCheck } from "./quick_check.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "../model/primitives.ts";

/** Wire schemas of what one service can ask of another and wait for. */
const commandSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("configure"),
    config: runConfigSchema,
    /** Only the workers get them. */
    secrets: z.nullable(runSecretsSchema),
  }),
  z.object({ kind: z.literal("start") }),
  z.object({ kind: z.literal("stop") }),
  /** timing_manager: what was to come between warm-up and profiling has been done. */
  z.object({ kind: z.literal("begin_profiling") }),
  /** any: send a heartbeat at once, ahead of the answer. */
  z.object({ kind: z.literal("beat") }),
  /** timing_manager: send no more; give what runs `graceMs`, then cancel it. */
  z.object({ kind: z.literal("cancel_run"), graceMs: NUMBER }),
  /** records_manager: wait for the records that are due, then hand over the last of them. */
  z.object({ kind: z.literal("finish_records"), deadlineMs: NUMBER }),
  /** records_manager: write down what was counted. */
  z.object({ kind: z.literal("keep_token_counts"), counts: tokenCountsSchema }),
  /** records_manager: write down how the run ended; no record follows. */
  z.object({ kind: z.literal("close_journal"), closing: runClosingSchema }),
  /** post_processor_manager: build the report and write every export. */
  z.object({
    kind: z.literal("write_results"),
    wasCancelled: BOOLEAN,
    /** Why the run ended. */
    ending: runEndingSchema,
    /** What became of the credits of the profiling phase. */
    account: creditAccountSchema,
    /** And those of the warm-up. */
    warmupAccount: creditAccountSchema,
    /** How the processes and the machine were in the profiling phase. */
    health: healthSummarySchema,
  }),
  /** dataset_manager: the conversations at these indexes. */
  z.object({ kind: z.literal("get_conversations"), indexes: z.array(INT) }),
  /** dataset_manager: what the markers of `--cache-bust` are made of, as `MarkerWords`. */
  z.object({ kind: z.literal("get_marker_words") }),
  /**
   * dataset_manager: the data set as a whole, as `DatasetInfo`, when more than `beyond` conversations
   * are known, or all; null: at once.
   */
  z.object({ kind: z.literal("get_dataset_info"), beyond: z.nullable(INT) }),
  /** dataset_manager: what a reader of the results should know of the data set, as texts. */
  z.object({ kind: z.literal("get_dataset_notes") }),
  /** dataset_manager: the outlines of `count` conversations from `first` on. */
  z.object({ kind: z.literal("get_outlines"), first: INT, count: INT }),
  /** dataset_manager: when the conversations from `first` on begin, `count` at most; one at least. */
  z.object({ kind: z.literal("get_starts"), first: INT, count: INT }),
  /** worker_manager: the indexes of the conversations that credits have named. */
  z.object({ kind: z.literal("get_used_indexes") }),
  /** worker_manager, worker: which of these credits it does not hold; an answer for each is due. */
  z.object({ kind: z.literal("find_missing_credits"), ids: z.array(INT) }),
  /** worker_manager: no credit follows: wait for those in flight, then call the rest lost. */
  z.object({ kind: z.literal("drain_credits"), deadlineMs: NUMBER }),
  /** worker_manager: a worker is taken for hung: end it and start another in its place. */
  z.object({ kind: z.literal("replace_worker"), workerId: STRING, reason: STRING }),
  /** worker: write the request bodies of the conversations that were used. */
  z.object({ kind: z.literal("write_inputs") }),
  /** worker: no request follows; write what is left of its part of the raw export. */
  z.object({ kind: z.literal("close_raw_export") }),
]);

/** What one service can ask of another and wait for: most come from the controller. */
export type Command = z.infer<typeof commandSchema>;

/** The name of a kind of command. */
export type CommandKind = Command["kind"];

/** The command of one kind. */
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

const hello = z.object({
  type: z.literal("hello"),
  protocol: INT,
  serviceType: serviceTypeSchema,
  serviceId: STRING,
  /** Proof that the sender belongs to this run. */
  token: STRING,
  pid: INT,
  /** What the service has to tell before it is configured, e.g. the mock server's URL. */
  info: z.record(STRING, STRING),
});

/** The first message on every connection. */
export type Hello = z.infer<typeof hello>;

const subscribe = z.object({ type: z.literal("subscribe"), topics: z.array(STRING) });
const command = z.object({ type: z.literal("command"), id: INT, command: commandSchema });
const response = z.object({
  type: z.literal("response"),
  id: INT,
  error: z.nullable(STRING),
  data: z.unknown(),
});
const status = z.object({ type: z.literal("status"), state: z.enum(SERVICE_STATES) });
const heartbeat = z.object({
  type: z.literal("heartbeat"),
  /** Nanoseconds since the run's epoch. */
  atNs: NUMBER,
  rssBytes: NUMBER,
  /** CPU time of the process since it was started. */
  cpuMs: NUMBER,
  /** Since the heartbeat before; empty for a service that does not probe its event loop. */
  lags: z.array(lagSampleSchema),
});
const failure = z.object({
  type: z.literal("failure"),
  serviceId: STRING,
  cause: STRING,
});

const badInput = z.object({
  type: z.literal("bad_input"),
  /** What is wrong with it, in one line for the terminal. */
  problem: STRING,
});

const credit = z.object({ type: z.literal("credit"), credit: creditSchema });
const creditReturn = z.object({
  type: z.literal("credit_return"),
  creditReturn: creditReturnSchema,
});
/** worker → worker_manager → timing_manager, only where a limit depends on it. */
const firstToken = z.object({
  type: z.literal("first_token"),
  creditId: INT,
  phase: phaseSchema,
  /** When it came, in nanoseconds since the run's epoch. */
  atNs: NUMBER,
});
/**
 * worker → worker_manager → timing_manager: so many more credits wait for no worker any more: their
 * requests have begun, or have ended before that. Told of many together.
 */
const creditsBegun = z.object({ type: z.literal("credits_begun"), count: INT });
const cancelCredits = z.object({ type: z.literal("cancel_credits") });
const record = z.object({ type: z.literal("record"), record: requestRecordSchema });
/**
 * records_manager → worker, worker_manager: the first `count` records of this connection are in the
 * journal. worker → worker_manager: the first `count` records of its life are.
 */
const recordsAck = z.object({ type: z.literal("records_ack"), count: INT });
const recordsEnd = z.object({ type: z.literal("records_end"), records: INT });

/** Wire schema of everything that one service can say to another. */
export const messageSchema = z.discriminatedUnion("type", [
  hello,
  subscribe,
  command,
  response,
  status,
  heartbeat,
  failure,
  badInput,
  credit,
  creditReturn,
  firstToken,
  creditsBegun,
  cancelCredits,
  record,
  recordsAck,
  recordsEnd,
  ...RUN_EVENT_SCHEMAS,
]);

/** Everything that one service can say to another. */
export type Message = z.infer<typeof messageSchema>;

/** The name of a kind of message. */
export type MessageType = Message["type"];

/** The message of one kind. */
export type MessageOf<T extends MessageType> = Extract<Message, { type: T }>;

/** The name of every kind of message. */
export const MESSAGE_TYPES: readonly MessageType[] = messageSchema.def.options.map((option) =>
  option.shape.type.def.values[0]!
);

const isMessage = quickCheck(messageSchema);

/**
 * Checks what came out of a socket, as `JSON.parse` gave it.
 *
 * Throws a BadMessageError that names the type and the field, and quotes no value.
 */
export function parseMessage(raw: unknown): Message {
  if (isMessage(raw)) return raw as Message;
  const result = messageSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new BadMessageError(describeProblem(raw, result.error.issues[0]), raw);
}

function describeProblem(raw: unknown, issue: z.core.$ZodIssue | undefined): string {
  const type = typeof raw === "object" && raw !== null && "type" in raw ? raw.type : undefined;
  if (typeof type !== "string") return "Cannot use a message without a type";
  if (!MESSAGE_TYPES.some((known) => known === type)) {
    return `Cannot use a message of unknown type "${type.slice(0, 40)}"`;
  }
  const path = issue?.path.join(".") || "its content";
  return `Cannot use the message "${type}": ${path} ${issue ? describeIssue(issue) : "is wrong"}`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `must be of type ${issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  if (issue.code === "invalid_union") return "is of an unknown kind";
  return `is wrong (${issue.code})`;
}
