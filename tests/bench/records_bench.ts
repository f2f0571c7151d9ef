import type { Command } from "../../common/comms/messages.ts";
import { SOCKETS } from "../../common/comms/sockets.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { type Child, spawnChild } from "../../common/runtime/child_process.ts";
import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";
import { removeRunDir } from "../../common/runtime/run_dir.ts";
import { FakeHost, FakePeer, TEST_TOKEN } from "../helpers/fake_peer.ts";
import { recordOf } from "../helpers/records.ts";
import { runConfigOf } from "../helpers/run_config.ts";
import { bareListener } from "./bare_listener.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** How much to feed. */
export interface RecordsOptions {
  readonly records?: number;
  /** Content chunks of each record. */
  readonly chunks?: number;
}

/** What it took a records manager to take records in, write them down and pass them on. */
export interface RecordsResult {
  /** Processor time of the records manager's process for each record, in µs. */
  readonly cpuUsPerRecord: number;
  readonly recordsPerSecond: number;
}

/** Feeds a records manager in a process of its own as one worker that never waits for a server. */
export async function measureRecords(options: RecordsOptions = {}): Promise<RecordsResult> {
  const { records = 50_000, chunks = 50 } = options;
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "aip-bench-" });
  const transport = new UnixTransport(folder);
  const bus = new FakeHost(transport, "system_controller");
  const results = bareListener(`${folder}/${SOCKETS.post_processor_manager}.sock`);
  const child = startRecordsManager(folder);
  try {
    const controller = await bus.guest();
    const config = runConfigOf({ runDir: folder, artifactDir: folder });
    await controller.ask({ kind: "configure", config, secrets: null });
    await controller.ask({ kind: "start" });
    const worker = await connectWorker(transport);
    const startMs = performance.now();
    const startCpuUs = cpuUs(child.pid);
    await feed(worker, { records, chunks });
    controller.send({
      type: "phase_complete",
      phase: "profiling",
      startNs: 0,
      endNs: 1e9,
      issued: records,
      reason: "count",
    });
    const finish: Command = { kind: "finish_records", deadlineMs: 10_000 };
    await controller.ask(finish);
    await results.received(records * 100);
    const seconds = (performance.now() - startMs) / 1e3;
    const usedUs = cpuUs(child.pid) - startCpuUs;
    await worker.channel.close();
    await controller.ask({ kind: "stop" });
    await child.exited;
    return { cpuUsPerRecord: usedUs / records, recordsPerSecond: records / seconds };
  } finally {
    child.kill();
    results.close();
    await bus.close();
    removeRunDir(folder);
  }
}

function startRecordsManager(runDir: string): Child {
  return spawnChild({
    type: "records_manager",
    id: "records_manager",
    runDir,
    epochUnixMs: Date.now(),
    logLevel: "WARNING",
    init: {},
    token: TEST_TOKEN,
    onLine: (line) => console.error(line),
  }, [Deno.execPath(), "run", "--quiet", ...PERMISSION_FLAGS, MAIN]);
}

async function connectWorker(transport: UnixTransport): Promise<FakePeer> {
  const worker = new FakePeer(await transport.connect(SOCKETS.records_manager));
  worker.hello("worker", "worker_0");
  return worker;
}

async function feed(worker: FakePeer, { records, chunks }: Required<RecordsOptions>) {
  const chunksAfterNs = Array.from({ length: chunks }, (_, i) => 100e6 + i * 10_123_457);
  for (let creditId = 0; creditId < records; creditId++) {
    const record = recordOf({ creditId, index: creditId, chunksAfterNs });
    const room = worker.channel.send({ type: "record", record });
    if (room) await room;
  }
}

/** Processor time that a process has used, from `/proc`. */
function cpuUs(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

if (import.meta.main) {
  for (let i = 0; i < 3; i++) console.log(await measureRecords());
}
