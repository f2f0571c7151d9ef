import { UnixTransport } from "../comms/unix_transport.ts";
import type { ServiceType } from "../model/service_type.ts";
import { childArgumentsSchema, TOKEN_VARIABLE } from "../runtime/child_process.ts";
import { SystemClock } from "../runtime/clock.ts";
import { describeError, Logger } from "../runtime/log.ts";
import { setProcessTitle } from "../runtime/process_title.ts";
import { removeRunDir } from "../runtime/run_dir.ts";
import type { BaseService, ServiceContext } from "./base_service.ts";
import { OrphanedError } from "./component_service.ts";

/** Makes a service of a type; loads only what that type needs. */
export type CreateService = (type: ServiceType, context: ServiceContext) => Promise<BaseService>;

const encoder = new TextEncoder();

/**
 * Is one service from here to the end of the process; returns the exit code.
 *
 * `json`: what follows the role flag on the command line.
 */
export async function runServiceProcess(json: string, create: CreateService): Promise<number> {
  const token = Deno.env.get(TOKEN_VARIABLE);
  if (!token) {
    writeLine(`The flag --service is for aiperf's own use: start "aiperf profile" instead`);
    return 2;
  }
  // Signals are the controller's business: it asks its children to stop in order.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {});
  }
  const { type, id, runDir, epochUnixMs, logLevel, init } = childArgumentsSchema.parse(
    JSON.parse(json),
  );
  await setProcessTitle(id);
  const log = new Logger({ serviceId: id, level: logLevel, sink: writeLine });
  const transport = new UnixTransport(runDir);
  const clock = new SystemClock(epochUnixMs);
  const service = await create(type, { type, id, transport, token, clock, log, init });
  return await live(service, () => removeRunDir(runDir));
}

/** Leads a service from its first state to its last; returns the exit code of its process. */
async function live(service: BaseService, onOrphaned: () => void): Promise<number> {
  let exitCode = 0;
  try {
    await service.initialize();
    await service.run();
  } catch (error) {
    exitCode = 1;
    service.log.error(describeError(error, service.log.enabled("DEBUG")));
    if (error instanceof OrphanedError) onOrphaned();
  }
  await service.cleanup();
  return exitCode;
}

function writeLine(line: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(line + "\n"));
  } catch {
    // The parent is gone, and with it whoever could read this.
  }
}
