import { harmless } from "./harmless.ts";

/** Log levels from the chattiest to the gravest, with their rank. */
export const LOG_LEVELS = {
  TRACE: 0,
  DEBUG: 10,
  INFO: 20,
  NOTICE: 25,
  WARNING: 30,
  SUCCESS: 35,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a log level. */
export type LogLevel = keyof typeof LOG_LEVELS;

/** Takes one finished line, without a line end. */
export type LogSink = (line: string) => void;

/** What a logger needs to know. */
export interface LoggerOptions {
  /** Who is speaking. */
  serviceId: string;
  /** Lines below this level are dropped. */
  level: LogLevel;
  sink: LogSink;
}

/** Writes lines of one shape: time, level, service, text. */
export class Logger {
  readonly #options: LoggerOptions;

  constructor(options: LoggerOptions) {
    this.#options = options;
  }

  /** Whether a line of this level would be written: ask before building a costly one. */
  enabled(level: LogLevel): boolean {
    return LOG_LEVELS[level] >= LOG_LEVELS[this.#options.level];
  }

  /** Writes a line at a level. */
  log(level: LogLevel, text: string): void {
    if (!this.enabled(level)) return;
    this.#options.sink(formatLogLine(new Date(), level, `${this.#options.serviceId} ${text}`));
  }

  /**
   * Passes on what another process wrote: its log lines as they are, and words of the runtime
   * itself, such as those of a crash, as warnings.
   */
  passOn(line: string, serviceId: string): void {
    if (line === "") return;
    if (isLogLine(line)) this.#options.sink(harmless(line));
    else this.#options.sink(formatLogLine(new Date(), "WARNING", `${serviceId} ${line}`));
  }

  trace(text: string): void {
    this.log("TRACE", text);
  }

  debug(text: string): void {
    this.log("DEBUG", text);
  }

  info(text: string): void {
    this.log("INFO", text);
  }

  warning(text: string): void {
    this.log("WARNING", text);
  }

  error(text: string): void {
    this.log("ERROR", text);
  }
}

const LOG_LINE_REGEXP = /^\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ +\S+ /;

/** Whether a line already has the log's shape; other lines come from the runtime itself. */
export function isLogLine(line: string): boolean {
  return LOG_LINE_REGEXP.test(line);
}

/** What a line of the log says, without time, level and service; another line as it is. */
export function logTextOf(line: string): string {
  return line.replace(LOG_LINE_REGEXP, "");
}

/** One line of the log, harmless; line ends inside the text are kept readable on one line. */
export function formatLogLine(time: Date, level: LogLevel, text: string): string {
  return `${time.toISOString()} ${level.padEnd(8)} ${harmless(text.replaceAll("\n", "\\n"))}`;
}

/** What an error says about itself: its message alone, or with its stack for people who debug. */
export function describeError(error: unknown, withStack = false): string {
  if (!(error instanceof Error)) return String(error);
  return withStack && error.stack ? error.stack : error.message || error.name;
}
