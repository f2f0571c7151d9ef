import { assertEquals } from "@std/assert";
import type { ServiceContext } from "../../common/service/base_service.ts";
import { PostProcessorManager } from "../../services/post_processor_manager/service.ts";
import { RecordsManager } from "../../services/records_manager/service.ts";
import { settle } from "../helpers/fake_clock.ts";
import { ComponentHarness } from "../helpers/service_harness.ts";

const STANDING_BACK = [
  ["records_manager", (context: ServiceContext) => new RecordsManager(context)],
  ["post_processor_manager", (context: ServiceContext) => new PostProcessorManager(context)],
] as const;

for (const [type, create] of STANDING_BACK) {
  Deno.test(`${type}: leaves the CPUs to others until the load is over, and no longer`, async () => {
    let times = 0;
    const comeForward = () => Promise.resolve(void times++);
    await using harness = await ComponentHarness.up(
      (context): RecordsManager | PostProcessorManager => create({ ...context, comeForward }),
      { type },
    );
    assertEquals(times, 0);
    await harness.publish({ type: "run_complete", wasCancelled: false });
    await settle();
    assertEquals(times, 1);
  });
}
