import { writeStderr, writeStdout } from "../../common/runtime/standard_streams.ts";
import { Interrupts } from "./interrupts.ts";
import { EXIT } from "./exit.ts";
import type { StopSignal } from "./outcome.ts";
import { Terminal } from "./ui/terminal.ts";

/** Where the program meets the person who started it. */
export interface Front {
  /** Progress and complaints: stderr. */
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  /** Writes a result to stdout. */
  writeResult(text: string): Promise<void>;
  /** Why a result is not all on stdout; null: it is, as far as anybody reads it. */
  unwritten(): string | null;
  /** Leaves the signals to the system again. */
  close(): void;
}

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

const DEFAULT_COLUMNS = 100;

/** Opens the terminal and listens for the signals that end a run. */
export function openFront(): Front {
  const terminal = new Terminal({
    write: writeStderr,
    isTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns(),
  });
  const interrupts = new Interrupts({
    say: (line) => terminal.line(`aiperf: ${line}`),
    nowMs: () => performance.now(),
    exit: (signal) => Deno.exit(signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated),
  });
  const forget = listenForSignals(interrupts);
  let unwritten: string | null = null;
  return {
    terminal,
    interrupts,
    writeResult: async (text) => {
      const problem = await writeStdout(text);
      unwritten ??= problem;
    },
    unwritten: () => unwritten,
    close: forget,
  };
}

function listenForSignals(interrupts: Interrupts): () => void {
  const listeners = SIGNALS.map((signal) => {
    const listener = () => interrupts.receive(signal);
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}

function terminalColumns(): number {
  try {
    // Some terminals do not know how wide they are, and say 0.
    return Deno.consoleSize().columns || DEFAULT_COLUMNS;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
