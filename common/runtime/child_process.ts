import * as z from "zod/mini";
import { serviceTypeSchema } from "../model/service_type.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { PERMISSION_FLAGS } from "./permissions.ts";

/** The hidden role flag: what follows it makes this executable one service. */
export const SERVICE_FLAG = "--service";

/** The environment variable that hands the run's token to a child. */
export const TOKEN_VARIABLE = "AIPERF_RUN_TOKEN";

/** Wire schema of a child's command line. */
export const childArgumentsSchema = z.object({
  type: serviceTypeSchema,
  id: z.string(),
  runDir: z.string(),
  epochUnixMs: z.int(),
  logLevel: z.enum(Object.keys(LOG_LEVELS) as [LogLevel, ...LogLevel[]]),
  /** What the service should know before it is configured; never a secret. */
  init: z.record(z.string(), z.unknown()),
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

/**
 * Starts this same executable as a service.
 *
 * The child gets a session of its own, so that a Ctrl-C at the terminal reaches the controller
 * alone, which then asks the children to stop in order.
 */
export function spawnChild(spec: ChildSpec): Child {
  const { token, onLine, ...child } = spec;
  const process = new Deno.Command(Deno.execPath(), {
    args: [...selfArguments(), SERVICE_FLAG, JSON.stringify(child)],
    env: { [TOKEN_VARIABLE]: token },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const lastWords: string[] = [];
  const take = (line: string) => {
    lastWords.push(line);
    if (lastWords.length > 20) lastWords.shift();
    onLine(line, spec.id);
  };
  const drained = Promise.all([drain(process.stdout, take), drain(process.stderr, take)]);
  const exited = Promise.all([process.status, drained]).then(([status]) =>
    describeExit(status, lastWords)
  );
  return { pid: process.pid, exited, kill: () => killQuietly(process) };
}

/** Reads a stream to its end, line by line. */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}

/** How a process ended, in words that follow its name; with its last complaint if it made one. */
export function describeExit(
  status: Pick<Deno.CommandStatus, "code" | "signal">,
  lastWords: readonly string[],
): string {
  const how = status.signal ? `was ended by ${status.signal}` : `exited with code ${status.code}`;
  const complaint = lastWords.findLast((line) => /error|panic|fatal|memory/i.test(line));
  return complaint ? `${how} (${complaint.trim()})` : how;
}

function selfArguments(): string[] {
  if (Deno.build.standalone) return [];
  return ["run", "--quiet", ...PERMISSION_FLAGS, Deno.mainModule];
}

function killQuietly(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has already ended.
  }
}
