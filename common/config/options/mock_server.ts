import { option } from "../option.ts";
import { decimal, integer, text, toggle } from "../value_type.ts";

const BOTH = ["profile", "mock-server"] as const;
const ALONE = ["mock-server"] as const;

/** The built-in server; in the `mock-server` command the flags go without the `mock` in front. */
export const MOCK_SERVER_OPTIONS = {
  mockServer: option({
    type: toggle(),
    default: false,
    path: "mock_server.enabled",
    help: "Benchmark the built-in mock server, started on a free port of this machine.",
  }),
  mockHost: option({
    type: text("HOST"),
    default: "127.0.0.1",
    path: "mock_server.host",
    commands: ALONE,
    help: "Address to listen on.",
  }),
  mockPort: option({
    type: integer({ min: 0, max: 65535 }),
    default: 8000,
    path: "mock_server.port",
    commands: ALONE,
    help: "Port to listen on; 0 takes a free one.",
  }),
  mockModel: option({
    type: text("NAME"),
    default: "mock-model",
    path: "mock_server.model",
    commands: ALONE,
    help: "The model that the mock server says it serves.",
  }),
  mockTtft: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "mock_server.ttft",
    unit: "ms",
    commands: BOTH,
    help: "How long the mock server takes to the first token.",
  }),
  mockItl: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "mock_server.itl",
    unit: "ms",
    commands: BOTH,
    help: "How long the mock server takes between tokens.",
  }),
  mockJitter: option({
    type: decimal({ min: 0, max: 1 }),
    default: 0,
    path: "mock_server.jitter",
    commands: BOTH,
    help: "Standard deviation of the mock server's times, as a fraction of them.",
  }),
  mockErrorRate: option({
    type: decimal({ min: 0, max: 1 }),
    default: 0,
    path: "mock_server.error_rate",
    commands: BOTH,
    help: "Which fraction of requests the mock server answers with an error.",
  }),
  mockErrorStatus: option({
    type: integer({ min: 400, max: 599 }),
    default: 500,
    path: "mock_server.error_status",
    commands: BOTH,
    help: "The HTTP status of those errors.",
  }),
  mockDisconnectRate: option({
    type: decimal({ min: 0, max: 1 }),
    default: 0,
    path: "mock_server.disconnect_rate",
    commands: BOTH,
    help: "Which fraction of answers the mock server breaks off by closing the connection.",
  }),
  mockStreamErrorRate: option({
    type: decimal({ min: 0, max: 1 }),
    default: 0,
    path: "mock_server.stream_error_rate",
    commands: BOTH,
    help: "Which fraction of streams the mock server ends half-way with an error event.",
  }),
  mockUsage: option({
    type: toggle(),
    default: true,
    path: "mock_server.usage",
    commands: BOTH,
    help: "Whether the mock server reports token counts in its answers.",
  }),
  mockOutputTokens: option({
    type: integer({ min: 1 }),
    default: 50,
    path: "mock_server.output_tokens",
    unit: "tokens",
    commands: BOTH,
    help: "How many tokens the mock server answers with when the request does not say.",
  }),
  mockChunkTokens: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "mock_server.chunk_tokens",
    unit: "tokens",
    commands: BOTH,
    help:
      "How many tokens the mock server sends in one event of a stream, when the last of them is due.",
  }),
  mockSeed: option({
    type: integer({ min: 0 }),
    default: 0,
    path: "mock_server.seed",
    commands: ALONE,
    help: "Seed of the mock server's jitter and errors.",
  }),
  mockLogRequests: option({
    type: integer({ min: 1 }),
    default: 20_000,
    path: "mock_server.log_requests",
    commands: ALONE,
    help: "How many requests the mock server keeps the true times of.",
  }),
};
