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
  /** Leaves the signals to the system again. */
  close(): void;
}

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

const DEFAULT_COLUMNS = 100;

const encoder = new TextEncoder();

/** Opens the terminal and listens for the signals that end a run. */
export function openFront(): Front {
  const terminal = new Terminal({
    write: writeError,
    isTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns(),
  });
  const interrupts = new Interrupts({
    say: (line) => terminal.line(`aiperf: ${line}`),
    nowMs: () => performance.now(),
    exit: (signal) => Deno.exit(signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated),
  });
  const forget = listenForSignals(interrupts);
  return { terminal, interrupts, writeResult, close: forget };
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

function writeError(text: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(text));
  } catch {
    // A lost terminal does not lose the run.
  }
}

async function writeResult(text: string): Promise<void> {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch {
    // Nobody reads any more, as with `| head`; the files hold it all.
  }
}
