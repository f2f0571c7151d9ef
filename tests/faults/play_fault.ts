import { encodeFrames } from "../../common/comms/frame.ts";
import { type ListeningType, SOCKETS } from "../../common/comms/sockets.ts";
import type { ServiceType } from "../../common/model/service_type.ts";
import { PROTOCOL_VERSION } from "../../common/version.ts";
import { type MockServer, startMockServer } from "../../services/mock_server/server.ts";
import type { Finished, RunningAiperf, Sandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";
import type { Fault, FaultCase } from "./fault_table.ts";

const FAULTY_MAIN = new URL("../fixtures/faulty_aiperf.ts", import.meta.url).pathname;

/** How many requests are in flight at any time. */
export const CONCURRENCY = 8;

/** A stopped process stays so long, if nobody ends it before. */
const STOP_MS = 20_000;

/** The run is in its middle when the server has received so many requests. */
const MIDDLE = 60;

/** What came of a run with a fault. */
export interface Played extends Finished {
  /** From the fault to the end of the last process. */
  readonly seconds: number;
  /** How many requests the run was to send. */
  readonly planned: number;
  /** The ids of the requests that the server has seen, in their order. */
  readonly receivedIds: readonly string[];
}

/** Makes a run of the program in the sandbox and lets the fault befall it. */
export async function play(faultCase: FaultCase, sandbox: Sandbox): Promise<Played> {
  const server = startMockServer({ ttftMs: 40, itlMs: 4 });
  try {
    const planned = faultCase.fault === "stop" ? 1_200 : 400;
    const running = start(faultCase, { sandbox, server, planned });
    let atMs = performance.now();
    if (!/^exit_in/.test(faultCase.fault)) {
      await Promise.race([untilMiddle(server), running.finished]);
      atMs = performance.now();
      await strike(faultCase, sandbox, running);
    }
    const finished = await running.finished;
    await sandbox.untilClean();
    const seconds = (performance.now() - atMs) / 1e3;
    const receivedIds = server.requests().requests.flatMap(({ requestId }) => requestId ?? []);
    return { ...finished, seconds, planned, receivedIds };
  } finally {
    await server.stop();
  }
}

interface Setting {
  readonly sandbox: Sandbox;
  readonly server: MockServer;
  readonly planned: number;
}

function start({ service, fault }: FaultCase, setting: Setting): RunningAiperf {
  const { sandbox, server, planned } = setting;
  const args = ["--url", server.url, "--model", "m", "--streaming", "--isl", "16", "--osl", "10"];
  const load = ["--concurrency", `${CONCURRENCY}`, "--request-count", `${planned}`];
  const rest = ["--workers-max", "2", "--artifact-dir", "out", "--random-seed", "7"];
  const env = {
    FAULT: faultOf(service, fault),
    ...(fault === "exit_when_restarted" &&
      { FAULT_ONCE: `${sandbox.path}/once`, FAULT_WHEN: `${sandbox.path}/armed` }),
  };
  return sandbox.start([...args, ...load, ...rest], { env, main: FAULTY_MAIN });
}

/** What is wrong with which service from its start on. */
function faultOf(service: ServiceType, fault: Fault): string {
  if (fault === "exit_when_restarted") return `${service}:exit_in_configure`;
  if (fault === "kill_when_slow") return `${service}:slow`;
  if (fault === "kill_beside_slow_reader") return "post_processor_manager:slow";
  return `${service}:${fault}`;
}

async function untilMiddle(server: MockServer): Promise<void> {
  await until("the middle of the run", () => server.stats().received >= MIDDLE);
}

async function strike(
  { service, fault }: FaultCase,
  sandbox: Sandbox,
  running: RunningAiperf,
): Promise<void> {
  switch (fault) {
    case "kill":
    case "kill_when_slow":
    case "kill_beside_slow_reader":
      return Deno.kill(await pidOf(service, sandbox, running), "SIGKILL");
    case "exit_when_restarted":
      await Deno.writeTextFile(`${sandbox.path}/armed`, "");
      return Deno.kill(await pidOf(service, sandbox, running), "SIGKILL");
    case "stop":
      return await stopFor(STOP_MS, await pidOf(service, sandbox, running), running);
    case "garbage":
      return await sendGarbage(await socketOf(service, sandbox));
    case "wrong_token":
      return await sendWrongToken(await socketOf(service, sandbox));
  }
}

/** The process of a service; of the workers, the first that is found. */
async function pidOf(
  service: ServiceType,
  sandbox: Sandbox,
  running: RunningAiperf,
): Promise<number> {
  if (service === "system_controller") return running.pid;
  // The workers' ids begin like the name of their manager.
  const start = service === "worker" ? "aiperf worker_" : `aiperf ${service}`;
  const found = await until(
    `the process of ${service}`,
    async () =>
      (await sandbox.processes()).find(({ title }) =>
        title.startsWith(start) && (service !== "worker" || !title.includes("manager"))
      ),
  );
  return found.pid;
}

async function stopFor(ms: number, pid: number, running: RunningAiperf): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  const deadlineMs = performance.now() + ms;
  let hasEnded = false;
  void running.finished.finally(() => hasEnded = true);
  while (!hasEnded && performance.now() < deadlineMs) await pause(50);
  try {
    Deno.kill(pid, "SIGCONT");
  } catch {
    // The run has ended it.
  }
}

async function socketOf(service: ServiceType, sandbox: Sandbox): Promise<string> {
  const [runDir] = await sandbox.runDirs();
  return `${sandbox.runtime}/${runDir}/${SOCKETS[service as ListeningType]}.sock`;
}

const encoder = new TextEncoder();

/** What no service says: foreign protocols, sizes out of bounds, bodies that are no messages. */
const GARBAGE: readonly Uint8Array[] = [
  encoder.encode("GET / HTTP/1.1\r\n\r\n"),
  new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x7b]),
  new Uint8Array([0, 0, 0, 0]),
  new Uint8Array([0, 0, 1, 0, 0x7b]),
  new Uint8Array(100_000).map((_, i) => i * 31),
  encodeFrames(["{", "null", "[]", '{"type":"nonsense"}', '{"type":"hello"}', "\u0000"]),
  encodeFrames(['{"type":"command","id":1,"command":{"kind":"stop"}}']),
];

async function sendGarbage(path: string): Promise<void> {
  for (const bytes of GARBAGE) await say(path, bytes);
}

async function sendWrongToken(path: string): Promise<void> {
  const hello = {
    type: "hello",
    protocol: PROTOCOL_VERSION,
    serviceType: "worker",
    serviceId: "worker_00000000",
    token: crypto.randomUUID(),
    pid: 1,
    info: {},
  };
  const command = { type: "command", id: 1, command: { kind: "stop" } };
  for (let i = 0; i < 5; i++) await say(path, encodeFrames([hello, command].map(toText)));
}

function toText(value: unknown): string {
  return JSON.stringify(value);
}

/** Says something on a socket, and goes away when the other side does or a little later. */
async function say(path: string, bytes: Uint8Array): Promise<void> {
  using connection = await Deno.connect({ transport: "unix", path });
  try {
    await connection.write(bytes);
    const answer = connection.read(new Uint8Array(1_024));
    answer.catch(() => {});
    await Promise.race([answer, pause(100)]);
  } catch {
    // It was quick to close the connection.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
