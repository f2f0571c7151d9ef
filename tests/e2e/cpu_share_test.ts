import { assertEquals } from "@std/assert";
import { HAS_PROC, type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";

/** How nice each process of a run is, by its title without the id of a worker. */
async function nicenesses(sandbox: Sandbox): Promise<Record<string, number>> {
  const processes = await sandbox.processes();
  const found = processes.map(async ({ pid, title }) => [
    title.replace(/(?<=worker)_[0-9a-f]{8}$/, ""),
    await nicenessOf(pid),
  ]);
  return Object.fromEntries(await Promise.all(found));
}

/** proc(5), `stat`: the 19th field, counted with the name in brackets, which may hold anything. */
async function nicenessOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}

Deno.test({
  name: "what works on requests that have ended leaves the CPUs to who sends and times them",
  ignore: !HAS_PROC,
  async fn() {
    await withSandbox(async (sandbox) => {
      const running = sandbox.start([
        ...["--mock-server", "--artifact-dir", "out", "--workers-max", "1"],
        ...["--request-rate", "20", "--request-count", "1000"],
      ]);
      await sandbox.processNamed("aiperf records_manager");
      await sandbox.processNamed("aiperf post_processor_manager");
      await until("two nice processes", async () => {
        return Object.values(await nicenesses(sandbox)).filter((one) => one > 0).length === 2;
      });
      await until("a worker", async () => "aiperf worker" in await nicenesses(sandbox));
      const { "aiperf controller": controller, ...services } = await nicenesses(sandbox);
      running.kill("SIGINT");
      await running.finished;

      assertEquals(controller, 0);
      assertEquals(services, {
        "aiperf dataset_manager": 0,
        "aiperf mock_server": 0,
        "aiperf post_processor_manager": 10,
        "aiperf records_manager": 10,
        "aiperf timing_manager": 0,
        "aiperf worker": 0,
        "aiperf worker_manager": 0,
      });
    });
  },
});
