import * as z from "zod/mini";
import { connectionPlanSchema } from "./connection_plan.ts";
import { EXPORT_PREFIX } from "./artifact_files.ts";
import { phaseSchema } from "./credit.ts";
import { datasetFileSchema } from "./dataset_file.ts";
import { serverCallsSchema } from "./server_calls.ts";
import { syntheticPlanSchema } from "./synthetic_plan.ts";
import { modelChoiceSchema } from "./model_choice.ts";
import { HISTORIES } from "./history_source.ts";
import { CACHE_BUSTS } from "./marker_place.ts";
import { tokenizerPlanSchema } from "./tokenizer_plan.ts";
import { BOOLEAN, INT, NUMBER, STRING } from "./primitives.ts";

/** Wire schema of a point of a rate that changes over time. */
const ratePointSchema = z.object({ atMs: NUMBER, ratePerSecond: NUMBER });

/** The rate asked for at one time of the phase; between two points it changes in a straight line. */
export type RatePoint = z.infer<typeof ratePointSchema>;

/** Wire schema of how requests are paced. */
const loadPlanSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("closed"),
    /** So many sessions at the same time; a new one starts when one has ended. */
    concurrency: INT,
    /** The slots open one after the other over so long; 0: all at once. */
    concurrencyRampMs: NUMBER,
  }),
  z.object({
    kind: z.literal("open"),
    /** The rate to hold after the ramp; of a series, its mean. */
    ratePerSecond: NUMBER,
    /** The rate grows from 0 in a straight line over so long; 0: it is there at once. */
    rateRampMs: NUMBER,
    /** The rate over time, which takes the place of rate and ramp; null: no series. */
    rateSeries: z.nullable(z.array(ratePointSchema)),
    arrivals: z.enum(["constant", "poisson", "gamma"]),
    /** Shape of the gaps of `gamma`: 1 is Poisson, below more bursty, above more even. */
    smoothness: NUMBER,
    /** At most so many sessions at the same time; null: no cap. */
    concurrencyCap: z.nullable(INT),
    concurrencyRampMs: NUMBER,
  }),
  z.object({
    kind: z.literal("fixed_schedule"),
    /** The timestamp that is the start of the phase; null: the first one in the data set. */
    originMs: z.nullable(NUMBER),
    /** First turns before it are left out; null: none. */
    startMs: z.nullable(NUMBER),
    /** First turns after it are left out; null: none. */
    endMs: z.nullable(NUMBER),
    concurrencyCap: z.nullable(INT),
    concurrencyRampMs: NUMBER,
  }),
  z.object({
    kind: z.literal("user_centric"),
    users: INT,
    /** Of all users together: each of them has a turn every `users / ratePerSecond` seconds. */
    ratePerSecond: NUMBER,
  }),
]);

/**
 * How requests are paced: a closed loop of `concurrency` slots, arrivals at a rate, the timestamps
 * of a recorded trace, or users who take turns at a pace of their own.
 */
export type LoadPlan = z.infer<typeof loadPlanSchema>;

/** Wire schema of a phase's plan. */
const phasePlanSchema = z.object({
  phase: phaseSchema,
  load: loadPlanSchema,
  /** At most `limit` requests without a first token, growing from 1 over `rampMs`; null: no limit. */
  prefill: z.nullable(z.object({ limit: INT, rampMs: NUMBER })),
  /** The part of the requests, from 0 to 1, that is cut off so long after it was sent. */
  cancellation: z.nullable(z.object({ share: NUMBER, delayMs: NUMBER })),
  /** Stop after so many requests; null: no such limit. */
  maxRequests: z.nullable(INT),
  /** Start no more than so many sessions; null: no such limit. */
  maxSessions: z.nullable(INT),
  /** Stop sending after so long; null: no such limit. */
  maxDurationMs: z.nullable(NUMBER),
  /** How long running requests may go on after the duration; null: for ever. */
  graceMs: z.nullable(NUMBER),
  /** End the run when more than `ratio` of the requests failed, of `armedAfter` at least. */
  failureLimit: z.nullable(z.object({ ratio: NUMBER, armedAfter: INT })),
});

/** What one phase sends and when it stops. */
export type PhasePlan = z.infer<typeof phasePlanSchema>;

/** Wire schema of the data set's plan. */
const datasetPlanSchema = z.object({
  /** null: the conversations are made up. */
  file: z.nullable(datasetFileSchema),
  /** How many conversations are made up; of a file, `DatasetInfo` says how many it has. */
  entries: INT,
  isl: z.object({ mean: NUMBER, stddev: NUMBER }),
  /** null: the input file says how long the answers are, else the server decides. */
  osl: z.nullable(z.object({ mean: NUMBER, stddev: NUMBER })),
  /** How many turns a made-up conversation has. */
  turns: z.object({ mean: NUMBER, stddev: NUMBER }),
  /** Pauses between the turns of a made-up conversation, before `delayRatio`. */
  turnDelayMs: z.object({ mean: NUMBER, stddev: NUMBER }),
  /** Every pause between turns, made up or recorded, is multiplied by it. */
  delayRatio: NUMBER,
  /** No pause between turns is longer, after `delayRatio`; null: no such limit. */
  longestDelayMs: z.nullable(NUMBER),
  synthetic: syntheticPlanSchema,
  /** Where each session has a marker of its own, against the server's prefix cache. */
  cacheBust: z.enum(CACHE_BUSTS),
  sampling: z.enum(["sequential", "random", "shuffle"]),
  /** Whether conversations are used again when all have been. */
  wraps: BOOLEAN,
  /** What requests hold of the answers before: the server's, nothing, or the recorded ones. */
  history: z.enum(HISTORIES),
  /** Root of every random stream of the run; drawn by the controller when the user gave none. */
  seed: INT,
  tokenizer: tokenizerPlanSchema,
});

/** What is sent. */
export type DatasetPlan = z.infer<typeof datasetPlanSchema>;

/** Wire schema of a body and a way to read answers that the user has written. */
const templatePlanSchema = z.object({
  /** In Jinja. */
  body: STRING,
  /** In JMESPath; null: the answer's shape is guessed. */
  responseField: z.nullable(STRING),
});

/** A body and a way to read answers that the user has written. */
export type TemplatePlan = z.infer<typeof templatePlanSchema>;

/** Wire schema of the endpoint's plan. */
const endpointPlanSchema = z.object({
  type: STRING,
  /**
   * Where requests go, at least one: scheme, host, port and path. Journals of before had one `url`,
   * which no report needs.
   */
  urls: z._default(z.array(STRING), []),
  /** The one model, or the first of several. */
  model: STRING,
  /** null: there is one model. */
  modelChoice: z._default(z.nullable(modelChoiceSchema), null),
  streaming: BOOLEAN,
  /** Merged last into every body. */
  extraInputs: z.record(STRING, z.unknown()),
  timeoutMs: NUMBER,
  legacyMaxTokens: BOOLEAN,
  /** Whether a stream is asked for usage with each chunk. */
  perChunkUsage: BOOLEAN,
  tokenCountSource: z.enum(["auto", "server", "client"]),
  /** The header that tells the server which requests belong to one session. */
  sessionHeader: z._default(STRING, "X-Correlation-ID"),
  /** null unless the type is `template`. */
  template: z.nullable(templatePlanSchema),
});

/** Where requests go and what they look like. */
export type EndpointPlan = z.infer<typeof endpointPlanSchema>;

/** Wire schema of a service level objective of one metric. */
const sloSchema = z.object({ tag: STRING, threshold: NUMBER });

/** A good request has every metric on the right side of its threshold (display unit). */
export type Slo = z.infer<typeof sloSchema>;

/** Wire schema of a run's place among several. */
const trialSchema = z.object({
  number: INT,
  of: INT,
  label: STRING,
  /** Of the series' confidence intervals; journals of before do not have it: the usual one. */
  confidenceLevel: z._default(NUMBER, 0.95),
});

/** Wire schema of when the journal's writes have to be on the disk itself. */
const journalSyncSchema = z.enum(["never", "interval", "always"]);

/** When the journal's writes have to be on the disk: when the system likes, each second, or each. */
export type JournalSync = z.infer<typeof journalSyncSchema>;

/** Wire schema of a resolved run. */
export const runConfigSchema = z.object({
  benchmarkId: STRING,
  /** null: it is the only run. */
  trial: z.nullable(trialSchema),
  /** The zero of every `…Ns` instant of the run, whole milliseconds since 1970. */
  epochUnixMs: INT,
  runDir: STRING,
  artifactDir: STRING,
  exportRecords: BOOLEAN,
  /** What the names of the exports begin with. */
  exportPrefix: z._default(STRING, EXPORT_PREFIX),
  /** Whether the workers keep every request and answer as they went over the wire. */
  exportRaw: z._default(BOOLEAN, false),
  journalSync: journalSyncSchema,
  endpoint: endpointPlanSchema,
  dataset: datasetPlanSchema,
  phases: z.array(phasePlanSchema),
  /** null: nothing is asked of the servers but the requests of the phases. */
  serverCalls: z._default(z.nullable(serverCallsSchema), null),
  workers: INT,
  goodput: z.array(sloSchema),
  /** The options that the user set, by YAML path, secrets redacted; shown in every export. */
  inputConfig: z.record(STRING, z.unknown()),
  /** The command line as typed, secrets redacted. */
  cliCommand: STRING,
  logLevel: STRING,
});

/** Everything a service needs to know of the run; it never changes once the run is up. */
export type RunConfig = z.infer<typeof runConfigSchema>;

/** What the worker manager is told when it is started, before it gets the whole `RunConfig`. */
export type WorkerPlan = Pick<RunConfig, "workers" | "runDir" | "epochUnixMs" | "logLevel">;

/** Wire schema of the run's secrets. */
export const runSecretsSchema = z.object({
  apiKey: z.nullable(STRING),
  /** Headers given by the user; any of them may carry a credential. */
  headers: z.record(STRING, STRING),
  /** Left out: plain ones. */
  connections: z.optional(connectionPlanSchema),
});

/** What only the workers get, and only over a socket: never logged, never exported. */
export type RunSecrets = z.infer<typeof runSecretsSchema>;
