import { assertEquals } from "@std/assert";
import { hasUsualNiceness, nicenessOf } from "../helpers/niceness.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";

/** How nice each process of a run is to be, by its title without the id of a worker. */
const NICENESSES: Readonly<Record<string, number>> = {
  "aiperf controller": 0,
  "aiperf dataset_manager": 0,
  "aiperf mock_server": 0,
  "aiperf post_processor_manager": 10,
  "aiperf records_manager": 10,
  "aiperf timing_manager": 0,
  "aiperf worker": 0,
  "aiperf worker_manager": 0,
};

/** How nice they are; one that has no title yet has its command line. */
async function nicenesses(sandbox: Sandbox): Promise<Record<string, number>> {
  const processes = await sandbox.processes();
  const found = processes.map(async ({ pid, title }): Promise<[string, number]> => [
    title.replace(/(?<=worker)_[0-9a-f]{8}$/, ""),
    await nicenessOf(pid),
  ]);
  const all = await Promise.allSettled(found);
  return Object.fromEntries(
    // What is about to become a shell may be gone by now.
    all.flatMap((one) => one.status === "fulfilled" ? [one.value] : []),
  );
}

Deno.test({
  name: "what works on requests that have ended leaves the CPUs to who sends and times them",
  ignore: !await hasUsualNiceness(),
  async fn() {
    await withSandbox(async (sandbox) => {
      const running = sandbox.start([
        ...["--mock-server", "--artifact-dir", "out", "--workers-max", "1"],
        ...["--request-rate", "20", "--request-count", "1000"],
      ]);
      const found = await until("all processes, two of them nice", async () => {
        const now = await nicenesses(sandbox);
        const isThere = Object.keys(NICENESSES).every((title) => title in now);
        return isThere && Object.values(now).filter((one) => one > 0).length === 2 ? now : null;
      });
      running.kill("SIGINT");
      await running.finished;

      assertEquals(found, NICENESSES);
    });
  },
});
