import * as z from "zod/mini";
import { serviceTypeSchema } from "../model/service_type.ts";
import { LOG_LEVELS, type LogLevel, logTextOf } from "./log.ts";
import { PERMISSION_FLAGS } from "./permissions.ts";
import { SERVICE_FLAG } from "./service_flag.ts";
import { V8_FLAGS } from "./v8_flags.ts";
import { INT, STRING } from "../model/primitives.ts";

/** The environment variable that hands the run's token to a child. */
export const TOKEN_VARIABLE = "AIPERF_RUN_TOKEN";

/** How long the last lines of a process that has ended may take. */
const LAST_LINES_MS = 1_000;

/** Wire schema of a child's command line. */
export const childArgumentsSchema = z.object({
  type: serviceTypeSchema,
  id: STRING,
  runDir: STRING,
  epochUnixMs: INT,
  logLevel: z.enum(Object.keys(LOG_LEVELS) as [LogLevel, ...LogLevel[]]),
  /** What the service should know before it is configured; never a secret. */
  init: z.record(STRING, z.unknown()),
});

/** What a child learns from its command line. */
export type ChildArguments = z.infer<typeof childArgumentsSchema>;

/** Everything needed to start a child. */
export interface ChildSpec extends ChildArguments {
  readonly token: string;
  /** Gets every line that the child writes to its stdout or stderr. */
  readonly onLine: (line: string, serviceId: string) => void;
}

/** A running child process. */
export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended and its output is drained, with how, in words. */
  readonly exited: Promise<string>;
  /** Ends the process at once. */
  kill(): void;
}

/** How the runtime and our own log begin a complaint. */
const COMPLAINT_REGEXP = /^error: |^\S+Z (ERROR|CRITICAL) |panicked|fatal|out of memory/i;

/** How much of a child's last complaint is quoted. */
const MAX_COMPLAINT_CHARS = 500;

/** A longer line is handed on in pieces: a child that floods us must not fill our memory. */
const MAX_LINE_CHARS = 16 * 1024;

/**
 * Starts this same executable as a service.
 *
 * `command`: what to start instead of this executable; the role flag and its argument follow it.
 *
 * The child gets a session of its own, so that a Ctrl-C at the terminal reaches the controller
 * alone, which then asks the children to stop in order.
 */
export function spawnChild(spec: ChildSpec, command: readonly string[] = selfCommand()): Child {
  const { token, onLine, ...child } = spec;
  const [executable, ...args] = command;
  const process = new Deno.Command(executable!, {
    args: [...args, SERVICE_FLAG, JSON.stringify(child)],
    // What the runtime writes ends up in the log: no colours in it.
    env: { [TOKEN_VARIABLE]: token, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const lastWords: string[] = [];
  const take = (line: string) => {
    lastWords.push(line);
    if (lastWords.length > 20) lastWords.shift();
    onLineQuietly(onLine, line, spec.id);
  };
  const drained = Promise.allSettled([drain(process.stdout, take), drain(process.stderr, take)]);
  const exited = process.status.then(async (status) => {
    await briefly(drained);
    return describeExit(status, lastWords);
  });
  return { pid: process.pid, exited, kill: () => killQuietly(process) };
}

/** What a process has said is there to be read, but another one may have its pipes. */
async function briefly(event: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LAST_LINES_MS);
  await Promise.race([event, promise]);
  clearTimeout(timer);
}

/** Reads a stream to its end, line by line. */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  // A stream of texts in between takes a while to set up, and each child has two.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
    while (rest.length > MAX_LINE_CHARS) {
      onLine(rest.slice(0, MAX_LINE_CHARS));
      rest = rest.slice(MAX_LINE_CHARS);
    }
  }
  rest += decoder.decode();
  if (rest !== "") onLine(rest);
}

/** How a process ended, in words that follow its name; with its last complaint if it made one. */
export function describeExit(
  status: Pick<Deno.CommandStatus, "code" | "signal">,
  lastWords: readonly string[],
): string {
  const how = status.signal ? `was ended by ${status.signal}` : `exited with code ${status.code}`;
  // Below the runtime's own words stands a piece of the source, which may look like a complaint.
  const complaint = lastWords.findLast((line) => COMPLAINT_REGEXP.test(line)) ??
    lastWords.findLast((line) => /error|memory/i.test(line));
  if (complaint === undefined) return how;
  const text = logTextOf(complaint).replace(/^error: (Uncaught (\(in promise\) )?)?/, "");
  return `${how} (${text.trim().slice(0, MAX_COMPLAINT_CHARS)})`;
}

function selfCommand(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [Deno.execPath(), "run", "--quiet", ...V8_FLAGS, ...PERMISSION_FLAGS, Deno.mainModule];
}

function onLineQuietly(onLine: ChildSpec["onLine"], line: string, serviceId: string): void {
  try {
    onLine(line, serviceId);
  } catch {
    // A log that cannot be written must not end the reading: the child would block for ever.
  }
}

function killQuietly(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has already ended.
  }
}
