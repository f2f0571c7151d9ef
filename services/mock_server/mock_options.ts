/** How the mock server behaves. All fields are optional for callers; see {@linkcode resolveMockOptions}. */
export interface MockSettings {
  /** Address to listen on. */
  readonly host: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** The one model that `GET /v1/models` names. Requests for other models are answered as well. */
  readonly model: string;
  /** Milliseconds from the arrival of a request to its first token. */
  readonly ttftMs: number;
  /** Milliseconds between two tokens. */
  readonly itlMs: number;
  /** Standard deviation of both pauses as a fraction of their length, 0 to 1 (see `TokenSchedule`). */
  readonly jitter: number;
  /** Tokens of an answer whose request does not say how many it wants. */
  readonly defaultOutputTokens: number;
  /** Tokens in one event of a stream, which goes out when the last of them is due. */
  readonly chunkTokens: number;
  /** Probability, 0 to 1, that a request is answered with `errorStatus`. */
  readonly errorRate: number;
  /** HTTP status of those answers, 400 to 599. */
  readonly errorStatus: number;
  /** Probability, 0 to 1, that the connection is cut in the middle of the answer. */
  readonly disconnectRate: number;
  /** Probability, 0 to 1, that a stream ends half-way with an error event (status 200). */
  readonly streamErrorRate: number;
  /** Whether answers carry `usage`; false imitates servers that never report it. */
  readonly reportUsage: boolean;
  /** Decides jitter and faults: the n-th request received always draws the same. */
  readonly seed: number;
  /** How many requests the log keeps; the oldest are dropped first. */
  readonly logRequests: number;
  /** How many token times the log keeps over all its requests (4 bytes each). */
  readonly logTokens: number;
}

/** What a caller may say about a mock server; the rest is {@linkcode DEFAULT_MOCK_SETTINGS}. */
export type MockServerOptions = Partial<MockSettings>;

/** Settings of a mock server that nobody configured: answers at once, never fails. */
const DEFAULT_MOCK_SETTINGS: MockSettings = {
  host: "127.0.0.1",
  port: 0,
  model: "mock-model",
  ttftMs: 0,
  itlMs: 0,
  jitter: 0,
  defaultOutputTokens: 50,
  chunkTokens: 1,
  errorRate: 0,
  errorStatus: 500,
  disconnectRate: 0,
  streamErrorRate: 0,
  reportUsage: true,
  seed: 0,
  logRequests: 20_000,
  logTokens: 8_000_000,
};

interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
}

const DAY_MS = 86_400_000;
const FRACTION: NumberRule = { min: 0, max: 1, isInteger: false };
const PAUSE: NumberRule = { min: 0, max: DAY_MS, isInteger: false };

const NUMBER_RULES = {
  port: { min: 0, max: 65_535, isInteger: true },
  ttftMs: PAUSE,
  itlMs: PAUSE,
  jitter: FRACTION,
  defaultOutputTokens: { min: 1, max: 1_000_000, isInteger: true },
  chunkTokens: { min: 1, max: 1_000_000, isInteger: true },
  errorRate: FRACTION,
  errorStatus: { min: 400, max: 599, isInteger: true },
  disconnectRate: FRACTION,
  streamErrorRate: FRACTION,
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true },
  logRequests: { min: 1, max: 10_000_000, isInteger: true },
  logTokens: { min: 1, max: 1_000_000_000, isInteger: true },
} satisfies Partial<Record<keyof MockSettings, NumberRule>>;

/**
 * Fills in the defaults and checks every value.
 *
 * @throws {RangeError} naming every setting that is out of range, with the value seen.
 */
export function resolveMockOptions(options: MockServerOptions): MockSettings {
  const settings = { ...DEFAULT_MOCK_SETTINGS, ...options };
  const problems: string[] = [];
  for (const key of ["host", "model"] as const) {
    if (settings[key] === "") problems.push(`${key} must not be empty`);
  }
  for (const key of Object.keys(NUMBER_RULES) as (keyof typeof NUMBER_RULES)[]) {
    const { min, max, isInteger } = NUMBER_RULES[key];
    const value = settings[key];
    if (value >= min && value <= max && (!isInteger || Number.isInteger(value))) continue;
    const wanted = isInteger ? "an integer" : "a number";
    problems.push(`${key} must be ${wanted} from ${min} to ${max}: current value is ${value}`);
  }
  if (problems.length > 0) throw new RangeError(`Bad mock server options: ${problems.join("; ")}`);
  return settings;
}
