import { type MachineCounters, parseCounters } from "./machine_counters.ts";

/** No run waits for what only explains it. */
const READ_TIMEOUT_MS = 1_000;

const FILES = ["/proc/stat", "/proc/net/snmp"];

/**
 * What the kernel counts now; null where there is no `/proc`, or no `cat`.
 *
 * By a program of the system, because the runtime itself opens `/proc` only with every permission.
 * It takes about 2 ms of another process, so it is asked before the load and after it.
 */
export async function readMachine(): Promise<MachineCounters | null> {
  if (Deno.build.os !== "linux") return null;
  const text = await outputOf("cat", FILES);
  return text === null ? null : parseCounters(text);
}

/**
 * How many files a process may have open; null: nobody knows, or there is no limit.
 *
 * A child has the limit of this process, which the runtime has raised as far as it may be.
 */
export async function readOpenFileLimit(): Promise<number | null> {
  const text = await outputOf("sh", ["-c", "ulimit -n"]);
  const limit = Number.parseInt(text ?? "", 10);
  return limit > 0 ? limit : null;
}

/** What a program of the system says; null: it is not there, or does not get on. */
async function outputOf(program: string, args: string[]): Promise<string | null> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return null;
  }
}
