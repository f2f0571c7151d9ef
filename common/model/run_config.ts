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

/** Wire schema of a point of a rate that changes over time. */
export const ratePointSchema = z.object({ atMs: z.number(), ratePerSecond: z.number() });

/** The rate asked for at one time of the phase; between two points it changes in a straight line. */
export type RatePoint = z.infer<typeof ratePointSchema>;

/** Wire schema of how requests are paced. */
export const loadPlanSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("closed"),
    /** So many sessions at the same time; a new one starts when one has ended. */
    concurrency: z.int(),
    /** The slots open one after the other over so long; 0: all at once. */
    concurrencyRampMs: z.number(),
  }),
  z.object({
    kind: z.literal("open"),
    /** The rate to hold after the ramp; of a series, its mean. */
    ratePerSecond: z.number(),
    /** The rate grows from 0 in a straight line over so long; 0: it is there at once. */
    rateRampMs: z.number(),
    /** The rate over time, which takes the place of rate and ramp; null: no series. */
    rateSeries: z.nullable(z.array(ratePointSchema)),
    arrivals: z.enum(["constant", "poisson", "gamma"]),
    /** Shape of the gaps of `gamma`: 1 is Poisson, below more bursty, above more even. */
    smoothness: z.number(),
    /** At most so many sessions at the same time; null: no cap. */
    concurrencyCap: z.nullable(z.int()),
    concurrencyRampMs: z.number(),
  }),
  z.object({
    kind: z.literal("fixed_schedule"),
    /** The timestamp that is the start of the phase; null: the first one in the data set. */
    originMs: z.nullable(z.number()),
    /** First turns before it are left out; null: none. */
    startMs: z.nullable(z.number()),
    /** First turns after it are left out; null: none. */
    endMs: z.nullable(z.number()),
    concurrencyCap: z.nullable(z.int()),
    concurrencyRampMs: z.number(),
  }),
  z.object({
    kind: z.literal("user_centric"),
    users: z.int(),
    /** Of all users together: each of them has a turn every `users / ratePerSecond` seconds. */
    ratePerSecond: z.number(),
  }),
]);

/**
 * How requests are paced: a closed loop of `concurrency` slots, arrivals at a rate, the timestamps
 * of a recorded trace, or users who take turns at a pace of their own.
 */
export type LoadPlan = z.infer<typeof loadPlanSchema>;

/** Wire schema of a phase's plan. */
export const phasePlanSchema = z.object({
  phase: phaseSchema,
  load: loadPlanSchema,
  /** At most `limit` requests without a first token, growing from 1 over `rampMs`; null: no limit. */
  prefill: z.nullable(z.object({ limit: z.int(), rampMs: z.number() })),
  /** The part of the requests, from 0 to 1, that is cut off so long after it was sent. */
  cancellation: z.nullable(z.object({ share: z.number(), delayMs: z.number() })),
  /** Stop after so many requests; null: no such limit. */
  maxRequests: z.nullable(z.int()),
  /** Start no more than so many sessions; null: no such limit. */
  maxSessions: z.nullable(z.int()),
  /** Stop sending after so long; null: no such limit. */
  maxDurationMs: z.nullable(z.number()),
  /** How long running requests may go on after the duration; null: for ever. */
  graceMs: z.nullable(z.number()),
  /** End the run when more than `ratio` of the requests failed, of `armedAfter` at least. */
  failureLimit: z.nullable(z.object({ ratio: z.number(), armedAfter: z.int() })),
});

/** What one phase sends and when it stops. */
export type PhasePlan = z.infer<typeof phasePlanSchema>;

/** Wire schema of the data set's plan. */
export const datasetPlanSchema = z.object({
  /** null: the conversations are made up. */
  file: z.nullable(datasetFileSchema),
  /** How many conversations are made up; of a file, `DatasetInfo` says how many it has. */
  entries: z.int(),
  isl: z.object({ mean: z.number(), stddev: z.number() }),
  /** null: the input file says how long the answers are, else the server decides. */
  osl: z.nullable(z.object({ mean: z.number(), stddev: z.number() })),
  /** How many turns a made-up conversation has. */
  turns: z.object({ mean: z.number(), stddev: z.number() }),
  /** Pauses between the turns of a made-up conversation, before `delayRatio`. */
  turnDelayMs: z.object({ mean: z.number(), stddev: z.number() }),
  /** Every pause between turns, made up or recorded, is multiplied by it. */
  delayRatio: z.number(),
  /** No pause between turns is longer, after `delayRatio`; null: no such limit. */
  longestDelayMs: z.nullable(z.number()),
  synthetic: syntheticPlanSchema,
  /** Where each session has a marker of its own, against the server's prefix cache. */
  cacheBust: z.enum(CACHE_BUSTS),
  sampling: z.enum(["sequential", "random", "shuffle"]),
  /** Whether conversations are used again when all have been. */
  wraps: z.boolean(),
  /** What requests hold of the answers before: the server's, nothing, or the recorded ones. */
  history: z.enum(HISTORIES),
  /** Root of every random stream of the run; drawn by the controller when the user gave none. */
  seed: z.int(),
  tokenizer: tokenizerPlanSchema,
});

/** What is sent. */
export type DatasetPlan = z.infer<typeof datasetPlanSchema>;

/** Wire schema of a body and a way to read answers that the user has written. */
export const templatePlanSchema = z.object({
  /** In Jinja. */
  body: z.string(),
  /** In JMESPath; null: the answer's shape is guessed. */
  responseField: z.nullable(z.string()),
});

/** A body and a way to read answers that the user has written. */
export type TemplatePlan = z.infer<typeof templatePlanSchema>;

/** Wire schema of the endpoint's plan. */
export const endpointPlanSchema = z.object({
  type: z.string(),
  /**
   * Where requests go, at least one: scheme, host, port and path. Journals of before had one `url`,
   * which no report needs.
   */
  urls: z._default(z.array(z.string()), []),
  /** The one model, or the first of several. */
  model: z.string(),
  /** null: there is one model. */
  modelChoice: z._default(z.nullable(modelChoiceSchema), null),
  streaming: z.boolean(),
  /** Merged last into every body. */
  extraInputs: z.record(z.string(), z.unknown()),
  timeoutMs: z.number(),
  legacyMaxTokens: z.boolean(),
  /** Whether a stream is asked for usage with each chunk. */
  perChunkUsage: z.boolean(),
  tokenCountSource: z.enum(["auto", "server", "client"]),
  /** The header that tells the server which requests belong to one session. */
  sessionHeader: z._default(z.string(), "X-Correlation-ID"),
  /** null unless the type is `template`. */
  template: z.nullable(templatePlanSchema),
});

/** Where requests go and what they look like. */
export type EndpointPlan = z.infer<typeof endpointPlanSchema>;

/** Wire schema of a service level objective of one metric. */
export const sloSchema = z.object({ tag: z.string(), threshold: z.number() });

/** A good request has every metric on the right side of its threshold (display unit). */
export type Slo = z.infer<typeof sloSchema>;

/** Wire schema of a run's place among several. */
export const trialSchema = z.object({ number: z.int(), of: z.int(), label: z.string() });

/** Wire schema of when the journal's writes have to be on the disk itself. */
export const journalSyncSchema = z.enum(["never", "interval", "always"]);

/** When the journal's writes have to be on the disk: when the system likes, each second, or each. */
export type JournalSync = z.infer<typeof journalSyncSchema>;

/** Wire schema of a resolved run. */
export const runConfigSchema = z.object({
  benchmarkId: z.string(),
  /** null: it is the only run. */
  trial: z.nullable(trialSchema),
  /** The zero of every `…Ns` instant of the run, whole milliseconds since 1970. */
  epochUnixMs: z.int(),
  runDir: z.string(),
  artifactDir: z.string(),
  exportRecords: z.boolean(),
  /** What the names of the exports begin with. */
  exportPrefix: z._default(z.string(), EXPORT_PREFIX),
  /** Whether the workers keep every request and answer as they went over the wire. */
  exportRaw: z._default(z.boolean(), false),
  journalSync: journalSyncSchema,
  endpoint: endpointPlanSchema,
  dataset: datasetPlanSchema,
  phases: z.array(phasePlanSchema),
  /** null: nothing is asked of the servers but the requests of the phases. */
  serverCalls: z._default(z.nullable(serverCallsSchema), null),
  workers: z.int(),
  goodput: z.array(sloSchema),
  /** The options that the user set, by YAML path, secrets redacted; shown in every export. */
  inputConfig: z.record(z.string(), z.unknown()),
  /** The command line as typed, secrets redacted. */
  cliCommand: z.string(),
  logLevel: z.string(),
});

/** Everything a service needs to know of the run; it never changes once the run is up. */
export type RunConfig = z.infer<typeof runConfigSchema>;

/** What the worker manager is told when it is started, before it gets the whole `RunConfig`. */
export type WorkerPlan = Pick<RunConfig, "workers" | "runDir" | "epochUnixMs" | "logLevel">;

/** Wire schema of the run's secrets. */
export const runSecretsSchema = z.object({
  apiKey: z.nullable(z.string()),
  /** Headers given by the user; any of them may carry a credential. */
  headers: z.record(z.string(), z.string()),
  /** Left out: plain ones. */
  connections: z.optional(connectionPlanSchema),
});

/** What only the workers get, and only over a socket: never logged, never exported. */
export type RunSecrets = z.infer<typeof runSecretsSchema>;
