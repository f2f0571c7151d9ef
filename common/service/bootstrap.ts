import type { Transport } from "../comms/channel.ts";
import { SOCKETS } from "../comms/sockets.ts";
import { UnixTransport } from "../comms/unix_transport.ts";
import type { ServiceType } from "../model/service_type.ts";
import { childArgumentsSchema, TOKEN_VARIABLE } from "../runtime/child_process.ts";
import { type Clock, SystemClock } from "../runtime/clock.ts";
import { cpuShare } from "../runtime/cpu_share.ts";
import { describeError, Logger } from "../runtime/log.ts";
import { setProcessTitle } from "../runtime/process_title.ts";
import { removeRunDir } from "../runtime/run_dir.ts";
import { writeStderr } from "../runtime/standard_streams.ts";
import { atMost } from "./at_most.ts";
import type { BaseService, ServiceContext } from "./base_service.ts";
import { OrphanedError } from "./component_service.ts";

/** Makes a service of a type; loads only what that type needs. */
export type CreateService = (type: ServiceType, context: ServiceContext) => Promise<BaseService>;

/**
 * What these do is measured already: it can wait as long as there is load, and what sends and times
 * requests cannot.
 *
 * A records manager that gets too little all the same slows the workers down, as any full socket
 * does; nothing is lost.
 */
const STANDING_BACK: ReadonlySet<ServiceType> = new Set([
  "records_manager",
  "post_processor_manager",
]);

/** How long a service may clean up when its controller is gone. */
const ORPHAN_CLEANUP_MS = 2_000;

/** A controller is there when it is found so often, with a pause in between. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 100;

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
  const log = new Logger({ serviceId: id, level: logLevel, sink: writeLine });
  const transport = new UnixTransport(runDir, (name, error) => {
    log.warning(`Cannot take a connection on "${name}": ${describeError(error)}`);
  });
  const clock = new SystemClock(epochUnixMs);
  const ports = { showName: setProcessTitle, ...STANDING_BACK.has(type) && cpuShare() };
  const context = { type, id, transport, token, clock, log, init, ...ports };
  const service = await create(type, context);
  return await live(service, () => removeDeadRunDir(transport, { clock, runDir }));
}

/** Leads a service from its first state to its last; returns the exit code of its process. */
async function live(service: BaseService, onOrphaned: () => Promise<void>): Promise<number> {
  try {
    await service.initialize();
    await service.run();
  } catch (error) {
    if (error instanceof OrphanedError) return await endOrphan(service, error, onOrphaned);
    // What failed in a stage has been logged there.
    if (!service.hasFailed) service.fail(error);
  }
  await service.cleanup();
  return service.hasFailed ? 1 : 0;
}

/** Nobody is left who would end this process if its cleanup hangs. */
async function endOrphan(
  service: BaseService,
  error: Error,
  onOrphaned: () => Promise<void>,
): Promise<number> {
  service.log.error(describeError(error));
  await atMost(service.clock, ORPHAN_CLEANUP_MS, service.cleanup());
  await onOrphaned();
  return 1;
}

/** The controller removes the run's folder, unless it is dead: then whoever notices does it. */
async function removeDeadRunDir(
  transport: Transport,
  { clock, runDir }: { clock: Clock; runDir: string },
): Promise<void> {
  try {
    for (let look = 0; look < LOOKS; look++) {
      // For a moment the system takes connections for one that has just gone.
      if (look > 0) await clock.sleep(LOOK_AGAIN_MS);
      const channel = await transport.connect(SOCKETS.system_controller);
      await channel.close();
    }
  } catch {
    removeRunDir(runDir);
  }
}

function writeLine(line: string): void {
  writeStderr(`${line}\n`);
}
