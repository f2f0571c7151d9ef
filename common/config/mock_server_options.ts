import type { OptionValues } from "./option_table.ts";

/** How the built-in mock server behaves. */
export interface MockServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly model: string;
  readonly ttftMs: number;
  readonly itlMs: number;
  /** Fraction, 0 to 1, by which times vary. */
  readonly jitter: number;
  /** Fraction, 0 to 1, of requests that fail. */
  readonly errorRate: number;
  /** Tokens of an answer when the request does not say. */
  readonly outputTokens: number;
  readonly seed: number;
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
    model: values.model ?? values.mockModel,
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
    outputTokens: values.mockOutputTokens,
  };
}
