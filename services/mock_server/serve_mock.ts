import { describeError } from "../../common/runtime/log.ts";
import { writeStderr } from "../../common/runtime/standard_streams.ts";
import { type MockServerOptions, resolveMockOptions } from "./mock_options.ts";
import { rehearse } from "./rehearsal.ts";
import { bracketed, startMockServer } from "./server.ts";

/** After so long another round of rehearsal makes the first requests hardly any quicker. */
const REHEARSAL_MS = 40;

/** Runs the mock server alone until a signal ends it; returns the exit code. */
export async function serveMock(options: MockServerOptions): Promise<number> {
  await rehearse(REHEARSAL_MS);
  let server;
  try {
    server = startMockServer(options, (reason) => say(`aiperf: refused a request: ${reason}`));
  } catch (error) {
    const { host, port } = resolveMockOptions(options);
    const where = `${bracketed(host)}:${port}`;
    say(`aiperf: cannot listen on ${where}: ${whyNot(error)}; choose another --port or --host`);
    return 2;
  }
  say(`aiperf: the mock server listens on ${server.url} (Ctrl-C ends it)`);
  await untilSignal();
  await server.stop();
  return 0;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => resolve());
    }
  });
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "the port is in use";
  if (error instanceof Deno.errors.AddrNotAvailable) return "this machine has no such address";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return describeError(error);
}

function say(line: string): void {
  writeStderr(`${line}\n`);
}
