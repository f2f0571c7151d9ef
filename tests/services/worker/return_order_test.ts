import { assertEquals } from "@std/assert";
import { rawPartName } from "../../../common/model/artifact_files.ts";
import { plainTurn } from "../../../common/model/conversation.ts";
import { Worker } from "../../../services/worker/service.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { ComponentHarness } from "../../helpers/service_harness.ts";
import { until } from "../../helpers/until.ts";

const { credit: { credit: CREDIT } } = messageExamples;

/** Characters of the conversations: the first is more than the raw export lets wait for the disk. */
const LENGTHS = [5_000_000, 3_000_000, 10];

/** What a worker's raw export goes through in place of a disk: it takes as much as the test reads. */
class Pipe {
  readonly #file: Deno.FsFile;
  readonly #buffer = new Uint8Array(1000);

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async read(count: number): Promise<void> {
    for (let bytes = 0; bytes < count;) bytes += (await this.#file.read(this.#buffer))!;
  }

  /** Reads to the end. */
  async drain(): Promise<void> {
    while (await this.#file.read(this.#buffer) !== null);
    this.#file.close();
  }
}

/** A worker whose raw export goes through a pipe, and a server that is not there. */
async function start(harness: ComponentHarness<Worker>, artifactDir: string): Promise<Pipe> {
  const path = `${artifactDir}/${rawPartName("profile_export", "worker_0")}`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const endpoint = endpointPlanOf({ urls: ["http://127.0.0.1:1/"] });
  const [file] = await Promise.all([
    Deno.open(path, { read: true }),
    harness.configure({ artifactDir, exportRaw: true, endpoint }, { apiKey: null, headers: {} }),
  ]);
  void harness.host("dataset_manager").guest().then((guest) =>
    guest.answer("get_conversations", ({ indexes }) =>
      indexes.map((index) => {
        const text = "x".repeat(LENGTHS[index] ?? 0);
        const turns = [plainTurn([text], { inputTokens: 1, outputTokens: 1 })];
        return { index, id: `c${index}`, opening: [], turns };
      }))
  );
  return new Pipe(file);
}

// The manager of the workers knows by the order of the returns whose records are safe.
Deno.test("credits are returned in the order of their records, however slow the raw export is", async () => {
  const artifactDir = await Deno.makeTempDir();
  await using harness = await ComponentHarness.up((context) => new Worker(context), {
    type: "worker",
    id: "worker_0",
  });
  const hosts = [harness.host("records_manager"), harness.host("worker_manager")] as const;
  const pipe = await start(harness, artifactDir);
  await harness.start();
  const [journal, manager] = await Promise.all([hosts[0].guest(), hosts[1].guest()]);
  const use = async (id: number) => {
    const credit = { ...CREDIT, phase: "profiling" as const, id, turnIndex: 0, isLastTurn: true };
    manager.send({ type: "credit", credit: { ...credit, conversationIndex: id } });
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  void use(0);
  // The first line is being written when the second comes, and the second when the third does.
  await pipe.read(1);
  await use(1);
  await pipe.read(LENGTHS[0]! + 100_000);
  await use(2);
  const drained = pipe.drain();
  await until("all returns", () => manager.of("credit_return").length === 3);
  assertEquals(
    manager.of("credit_return").map(({ creditReturn }) => creditReturn.creditId),
    journal.of("record").map(({ record }) => record.creditId),
  );
  await harness.controller.ask({ kind: "close_raw_export" });
  await drained;
  await Deno.remove(artifactDir, { recursive: true });
});
