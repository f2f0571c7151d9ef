import type { OptionValues } from "./option_table.ts";

/** How the built-in mock server behaves. */
export interface MockServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly model: string;
  readonly ttftMs: number;
  readonly itlMs: number;
  /** Standard deviation of both times as a fraction of them, 0 to 1. */
  readonly jitter: number;
  /** Fraction, 0 to 1, of requests that are answered with `errorStatus`. */
  readonly errorRate: number;
  /** 400 to 599. */
  readonly errorStatus: number;
  /** Fraction, 0 to 1, of answers that are broken off. */
  readonly disconnectRate: number;
  /** Fraction, 0 to 1, of streams that end with an error event. */
  readonly streamErrorRate: number;
  /** Whether answers carry token counts. */
  readonly reportUsage: boolean;
  /** Tokens of an answer when the request does not say. */
  readonly defaultOutputTokens: number;
  /** Tokens in one event of a stream. */
  readonly chunkTokens: number;
  readonly seed: number;
  /** How many requests the log of true times keeps. */
  readonly logRequests: number;
}

/** The mock server of the `mock-server` command. */
export function standaloneMockServer(values: OptionValues): MockServerOptions {
  return {
    host: values.mockHost,
    port: values.mockPort,
    model: values.mockModel,
    seed: values.mockSeed,
    ...behaviour(values),
  };
}

/** The mock server of `profile --mock-server`: on a free port, with the model and seed of the run. */
export function mockServerOfRun(values: OptionValues, seed: number): MockServerOptions {
  return {
    host: "127.0.0.1",
    port: 0,
    model: values.model?.[0] ?? values.mockModel,
    seed,
    ...behaviour(values),
  };
}

function behaviour(values: OptionValues) {
  return {
    ttftMs: values.mockTtft,
    itlMs: values.mockItl,
    jitter: values.mockJitter,
    errorRate: values.mockErrorRate,
    defaultOutputTokens: values.mockOutputTokens,
    chunkTokens: values.mockChunkTokens,
    errorStatus: values.mockErrorStatus,
    disconnectRate: values.mockDisconnectRate,
    streamErrorRate: values.mockStreamErrorRate,
    reportUsage: values.mockUsage,
    logRequests: values.mockLogRequests,
  };
}
