import type { Command, CommandKind, CommandOf } from "../../common/comms/messages.ts";
import type { MessageOf, MessageType } from "../../common/comms/messages.ts";
import type { Credit } from "../../common/model/credit.ts";
import { recordOf } from "./records.ts";
import { runConfigOf } from "./run_config.ts";

const account = { issued: 10, succeeded: 7, failed: 1, cancelled: 1, lost: 1 };

const health: CommandOf<"write_results">["health"] = {
  processes: [{
    serviceId: "worker_359d423a",
    serviceType: "worker",
    cpuShare: 0.25,
    watchedMs: 4_000,
    maxRssBytes: 90_000_000,
    lag: { samples: 200, p50Ms: 0.25, p99Ms: 1.5, maxMs: 3.25 },
  }],
  restarts: ["records_manager was ended and was started again."],
  machine: {
    cpus: 8,
    cpuShare: 0.5,
    stealShare: 0.01,
    connectionsOpened: 12,
    segmentsResent: 0,
  },
};

const commands: { readonly [K in CommandKind]: CommandOf<K> } = {
  configure: {
    kind: "configure",
    config: runConfigOf(),
    secrets: { apiKey: "sk-secret", headers: { "X-Team": "blue" } },
  },
  start: { kind: "start" },
  stop: { kind: "stop" },
  begin_profiling: { kind: "begin_profiling" },
  beat: { kind: "beat" },
  cancel_run: { kind: "cancel_run", graceMs: 1_500 },
  finish_records: { kind: "finish_records", deadlineMs: 10_000 },
  keep_token_counts: {
    kind: "keep_token_counts",
    counts: { type: "token_counts", conversationIndex: 3, inputTokens: [12, 40] },
  },
  close_journal: {
    kind: "close_journal",
    closing: {
      type: "run_closing",
      wasCancelled: false,
      ending: { reason: "complete", cause: null },
      failure: null,
      accounts: { warmup: account, profiling: account },
      missing: 0,
      missingIds: [],
      health,
    },
  },
  write_results: {
    kind: "write_results",
    wasCancelled: false,
    ending: { reason: "failure", cause: "worker_manager died" },
    account,
    warmupAccount: account,
    health,
  },
  get_conversations: { kind: "get_conversations", indexes: [0, 7, 3] },
  get_marker_words: { kind: "get_marker_words" },
  get_dataset_notes: { kind: "get_dataset_notes" },
  get_dataset_info: { kind: "get_dataset_info", beyond: null },
  get_starts: { kind: "get_starts", first: 0, count: 64 },
  get_outlines: { kind: "get_outlines", first: 0, count: 64 },
  find_missing_credits: { kind: "find_missing_credits", ids: [4, 8] },
  drain_credits: { kind: "drain_credits", deadlineMs: 1_500 },
  replace_worker: { kind: "replace_worker", workerId: "worker_0", reason: "was silent" },
  get_used_indexes: { kind: "get_used_indexes" },
  write_inputs: { kind: "write_inputs" },
  close_raw_export: { kind: "close_raw_export" },
};

const credit: Credit = {
  id: 12,
  phase: "profiling",
  index: 10,
  conversationIndex: 4,
  turnIndex: 0,
  sessionIndex: 0,
  isLastTurn: true,
  cancelAfterNs: null,
  dueNs: 123_456_789_012,
  issuedNs: 123_456_800_000,
};

/** A command of every kind. */
export const commandExamples: readonly Command[] = Object.values(commands);

/** A message of every type, with every field set. */
export const messageExamples: { readonly [T in MessageType]: MessageOf<T> } = {
  hello: {
    type: "hello",
    protocol: 1,
    serviceType: "worker",
    serviceId: "worker_359d423a",
    token: "token",
    pid: 4711,
    info: { url: "http://127.0.0.1:8000" },
  },
  subscribe: { type: "subscribe", topics: ["phase_started", "run_complete"] },
  command: { type: "command", id: 3, command: commands.cancel_run },
  response: { type: "response", id: 3, error: null, data: { written: ["a.json"] } },
  status: { type: "status", state: "running" },
  heartbeat: {
    type: "heartbeat",
    atNs: 12_000_000_000,
    rssBytes: 50_000_000,
    cpuMs: 310.25,
    lags: [{ atNs: 11_020_000_000, lagMs: 0.25 }, { atNs: 11_040_000_000, lagMs: 0 }],
  },
  failure: { type: "failure", serviceId: "worker_359d423a", cause: "Cannot go on: é 🚀" },
  bad_input: { type: "bad_input", problem: "--input-file: a.jsonl, line 3: text: is missing" },
  credit: { type: "credit", credit },
  credit_return: {
    type: "credit_return",
    creditReturn: { creditId: 12, phase: "profiling", outcome: "success" },
  },
  first_token: { type: "first_token", creditId: 12, phase: "profiling", atNs: 11_020_000_000 },
  credits_begun: { type: "credits_begun", count: 64 },
  cancel_credits: { type: "cancel_credits" },
  record: { type: "record", record: recordOf({ text: { output: "a", reasoning: "b" } }) },
  records_ack: { type: "records_ack", count: 10 },
  records_end: { type: "records_end", records: 10 },
  phase_started: {
    type: "phase_started",
    phase: "warmup",
    startNs: 1e9,
    plannedRequests: 10,
    plannedDurationMs: 2_000,
  },
  phase_progress: {
    type: "phase_progress",
    phase: "warmup",
    issued: 10,
    returned: 8,
    inFlight: 2,
  },
  credits_lost: { type: "credits_lost", phase: "profiling", credits: [credit] },
  phase_complete: {
    type: "phase_complete",
    phase: "warmup",
    startNs: 1e9,
    endNs: 2e9,
    issued: 10,
    reason: "count",
  },
  run_complete: { type: "run_complete", wasCancelled: true },
  dataset_progress: { type: "dataset_progress", file: "a.jsonl", share: 0.43 },
  dataset_note: { type: "dataset_note", text: "1 line was left out." },
  records_progress: { type: "records_progress", phase: "profiling", account },
};
